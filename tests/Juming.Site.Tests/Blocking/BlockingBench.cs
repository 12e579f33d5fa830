using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Notify;
using Juming.Site.Blocking;
using Juming.Site.Collection;
using Juming.Testing;
using Juming.Testing.Blocking;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Blocking;

/// <summary>A running site with small devices, asked over HTTP; it listens for what is raised.</summary>
internal sealed class BlockingBench : IAsyncDisposable
{
    private readonly BlockingDevice[] _devices;

    private BlockingBench(RunningTier site, BlockingDevice[] devices, DeviceExecutor executor, Raised raised, MovableClock clock, HttpClient person, HttpClient admin) =>
        (Site, _devices, Executor, Raised, Clock, Person, Admin) = (site, devices, executor, raised, clock, person, admin);

    public RunningTier Site { get; }

    public BlockingDevice Device => _devices[0];

    public DeviceExecutor Executor { get; }

    public Raised Raised { get; }

    public MovableClock Clock { get; }

    public HttpClient Person { get; }

    public HttpClient Admin { get; }

    public static async Task<BlockingBench> Start(BlockingDevice[] devices, string? folder = null, Dictionary<string, string?>? settings = null)
    {
        var (executor, raised, clock) = (new DeviceExecutor(devices), new Raised(), new MovableClock());
        var all = new Dictionary<string, string?> { ["Modules:Blocking:TickMilliseconds"] = "50", ["Modules:Blocking:OrderSeconds"] = "5", ["Modules:Access:IdleMinutes"] = "480", ["Modules:Blocking:RetryMilliseconds:0"] = "100", ["Modules:Blocking:RetryMilliseconds:1"] = "150" };
        foreach (var (key, value) in settings ?? []) all[key] = value;
        var site = await RunningTier.Start("site", folder, all, s => s.AddSingleton(new CollectionSettings { Udp = [], Tcp = [] }).AddSingleton<IBlockExecutor>(executor).AddSingleton<TimeProvider>(clock).AddSingleton<INotices>(raised)
            .AddSingleton<INotificationHandler<ProtectedBlockRefused>>(raised).AddSingleton<INotificationHandler<BlockMoved>>(raised));
        return new BlockingBench(site, devices, executor, raised, clock, await site.SignIn(Role.Analyst), await site.SignIn(Role.SecurityAdmin));
    }

    /// <summary>Blocks an address; answers the entry.</summary>
    public async Task<Guid> Block(string target, int? minutes = 60, string? key = null)
    {
        var (status, body) = await Post("", new { target, reason = "test", minutes, key });
        return status == 200 ? body.GetGuid() : throw new InvalidOperationException($"{target}: {status} {body}");
    }

    public async Task<(int Status, JsonElement Body)> Post(string path, object? body = null, HttpClient? by = null)
    {
        using var answer = await (by ?? Person).PostAsJsonAsync("/api/blocking/" + path, body ?? new { });
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public Task<JsonElement> Get(string path) => Person.GetFromJsonAsync<JsonElement>("/api/blocking/" + path);

    public IBlockList List => Site.Services.GetRequiredService<IBlockList>();

    /// <summary>A wish as a playbook has it.</summary>
    public static BlockWish Wish(string target, string key, bool automatic = true) => new() { Key = key, Target = target, Reason = "playbook", By = "playbook", Automatic = automatic, Run = Guid.CreateVersion7(), For = TimeSpan.FromHours(1) };

    /// <summary>Waits until an entry stands so.</summary>
    public async Task<JsonElement> Until(Guid entry, BlockState state, int seconds = 20)
    {
        JsonElement found = default;
        for (var i = 0; i < seconds * 20; i++)
        {
            found = await Get(entry.ToString());
            if (found.GetProperty("block").GetProperty("state").GetString() == state.ToString()) return found;
            await Task.Delay(50);
        }
        Assert.Fail($"It is not {state}: {found}");
        return found;
    }

    /// <summary>Audit entries with an outcome, by action.</summary>
    public async Task<List<string>> Audited(string text)
    {
        using var auditor = await Site.SignIn(Role.AuditAdmin);
        var lines = await auditor.GetFromJsonAsync<JsonElement>("/api/access/audit?limit=1000&text=" + Uri.EscapeDataString(text));
        return [.. lines.EnumerateArray().Select(l => l.GetProperty("action").GetString() + " " + l.GetProperty("outcome").GetString())];
    }

    public async ValueTask DisposeAsync()
    {
        Person.Dispose();
        Admin.Dispose();
        await Site.DisposeAsync();
        Executor.Dispose();
    }
}

/// <summary>What was raised.</summary>
internal sealed class Raised : INotificationHandler<ProtectedBlockRefused>, INotificationHandler<BlockMoved>, INotices
{
    public ConcurrentQueue<ProtectedBlockRefused> Refused { get; } = new();

    public ConcurrentQueue<BlockMoved> Moved { get; } = new();

    public ConcurrentQueue<Notice> Notices { get; } = new();

    public Task Handle(ProtectedBlockRefused notification, CancellationToken cancellationToken)
    {
        Refused.Enqueue(notification);
        return Task.CompletedTask;
    }

    public Task Handle(BlockMoved notification, CancellationToken cancellationToken)
    {
        Moved.Enqueue(notification);
        return Task.CompletedTask;
    }

    public Task Post(Notice notice, CancellationToken ct)
    {
        Notices.Enqueue(notice);
        return Task.CompletedTask;
    }
}
