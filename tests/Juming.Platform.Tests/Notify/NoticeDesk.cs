using System.Collections.Frozen;
using System.Diagnostics;
using Juming.Platform.Access;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Channels.Change;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Juming.Platform.Notify.Mine;
using Juming.Platform.Notify.Rules;
using Juming.Testing;
using Juming.Testing.FakeMessengers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Notify;

/// <summary>A running tier, fake messengers, a mail server and a clock that is moved by hand.</summary>
internal sealed class NoticeDesk : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = new() { ["Outbound:AllowedNetworks:0"] = "127.0.0.0/8", ["Modules:Notify:PublicUrl"] = "https://juming.example", ["Modules:Notify:SiteName"] = "华东医院" };

    public RunningTier Tier { get; private set; } = null!;

    public ShiftedClock Clock { get; } = new();

    public FakeMessengers Fake { get; private set; } = null!;

    public FakeSmtp Mail { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("juming-notify-").FullName;

    public static async Task<NoticeDesk> Open(params (string Key, string Value)[] settings)
    {
        var desk = new NoticeDesk();
        foreach (var (key, value) in settings) desk._settings[key] = value;
        desk.Fake = await FakeMessengers.Start(desk.Clock.GetUtcNow);
        await desk.Start();
        return desk;
    }

    public async Task Start() => Tier = await RunningTier.Start("cloud", Folder, _settings, s => s.AddSingleton<TimeProvider>(Clock));

    public async Task Restart()
    {
        await Tier.DisposeAsync();
        await Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Tier.DisposeAsync();
        await Fake.DisposeAsync();
        await Mail.DisposeAsync();
        Directory.Delete(Folder, true);
    }

    /// <summary>An account that can be told something.</summary>
    public async Task<Actor> Person(string name, Role role = Role.Analyst, string language = "zh-CN")
    {
        await using var scope = Tier.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var user = new User { Name = name, NameKey = name, Roles = RoleSet.Write([role]), CreatedAt = Clock.GetUtcNow() };
        db.Add(user);
        await db.SaveChangesAsync();
        var actor = new Actor(ActorKind.Person, user.Id.ToString(), name, Tier.Services.GetRequiredService<PermissionMap>().Of([role]).ToFrozenSet(), [Scope.All]);
        Assert.That((await Tier.Send(new SetMyContact(name + "@example.com", name, language), actor)).Error, Is.Null);
        return actor;
    }

    public Task<Guid> Robot(string name = "robot", IReadOnlyList<string>? reveal = null, string? key = null) => Channel(name, ChannelKind.WeComRobot, [("address", Fake.Address.ToString())], [("key", key ?? Fake.WeCom.RobotKey)], reveal);

    public Task<Guid> App(string name = "app", string card = "TextCard") => Channel(name, ChannelKind.WeComApp, [("address", Fake.Address.ToString()), ("corp", Fake.WeCom.Corp), ("agent", "1000002"), ("card", card)], [("secret", Fake.WeCom.Secret)]);

    public Task<Guid> DingTalk(string sign, string name = "ding") => Channel(name, ChannelKind.DingTalkRobot, [("address", Fake.Address.ToString())], [("token", "ding-token"), ("sign", sign)]);

    public Task<Guid> Feishu(string sign, string name = "feishu") => Channel(name, ChannelKind.FeishuRobot, [("address", Fake.Address.ToString())], [("hook", "feishu-hook"), ("sign", sign)]);

    public Task<Guid> Webhook(string secret, string name = "hook") => Channel(name, ChannelKind.Webhook, [("address", Fake.Address + "hook")], [("secret", secret)]);

    public Task<Guid> Email(string name = "mail", params (string, string)[] settings)
    {
        var all = new Dictionary<string, string> { ["host"] = "127.0.0.1", ["port"] = Mail.Port.ToString(), ["security"] = "StartTls", ["from"] = "juming@example.com", ["certificate"] = Mail.Fingerprint };
        var secrets = settings.Where(s => s.Item1 == "password").ToArray();
        foreach (var (key, value) in settings.Except(secrets)) all[key] = value;
        return Channel(name, ChannelKind.Email, [.. all.Select(s => (s.Key, s.Value))], secrets);
    }

    public async Task<Guid> Channel(string name, ChannelKind kind, (string, string)[] settings, (string, string)[] secrets, IReadOnlyList<string>? reveal = null)
    {
        var made = await Tier.Send(new SaveChannel { Name = name, Kind = kind, Settings = settings.ToDictionary(s => s.Item1, s => s.Item2), Secrets = secrets.ToDictionary(s => s.Item1, s => new Secret(s.Item2)), Reveal = reveal ?? [] });
        Assert.That(made.Error, Is.Null, made.Error?.ToString());
        return made.Value;
    }

    public async Task Rule(SaveRule rule)
    {
        var made = await Tier.Send(rule);
        Assert.That(made.Error, Is.Null, made.Error?.ToString());
    }

    /// <summary>Everything goes to these channels and analysts.</summary>
    public Task RuleTo(params Guid[] channels) => Rule(new SaveRule { Name = "all", LeastWeight = NoticeWeight.Information, Roles = [Role.Analyst], Channels = channels });

    public Task Post(Notice notice) => Tier.Services.GetRequiredService<INotices>().Post(notice, CancellationToken.None);

    /// <summary>A notice with texts of its own.</summary>
    public static Notice Part(string part = "event-store", NoticeWeight weight = NoticeWeight.Urgent, string detail = "", string? path = "/overview", string? same = null) => new()
    {
        Code = "notify.part-bad",
        Weight = weight,
        Arguments = new Dictionary<string, string> { ["part"] = part },
        Private = new Dictionary<string, string> { ["detail"] = detail },
        Path = path,
        SameAs = same,
    };

    public async Task<List<DeliveryRow>> Deliveries()
    {
        await using var scope = Tier.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<NotifyDb>().Deliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync();
    }

    public async Task<T> InDb<T>(Func<NotifyDb, Task<T>> ask)
    {
        await using var scope = Tier.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<NotifyDb>());
    }

    public Task<List<DeliveryRow>> UntilDeliveries(Func<List<DeliveryRow>, bool> holds, string what = "") => Until(Deliveries, holds, what);

    /// <summary>All planned messages have come to an end.</summary>
    public Task<List<DeliveryRow>> UntilOver(int count) => UntilDeliveries(d => d.Count == count && d.All(x => x.State is DeliveryState.Sent or DeliveryState.Digested or DeliveryState.Dead or DeliveryState.Spared), $"{count} over");

    public static async Task<T> Until<T>(Func<Task<T>> ask, Func<T, bool> holds, string what = "")
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await ask();
            if (holds(value)) return value;
            if (watch.Elapsed > TimeSpan.FromSeconds(30)) Assert.Fail($"never: {what}: {System.Text.Json.JsonSerializer.Serialize(value)}");
            await Task.Delay(50);
        }
    }

    public async Task<TestResult> Test(Guid channel, Actor? actor = null) => (await Tier.Send(new TestChannel(channel), actor)).Value;
}
