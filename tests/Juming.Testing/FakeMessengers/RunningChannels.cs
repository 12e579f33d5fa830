using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Channels.Change;
using Juming.Platform.Notify.Mine;

namespace Juming.Testing.FakeMessengers;

/// <summary>Channels of a running tier, for tests that may not name the platform's own requests.</summary>
public static class RunningChannels
{
    /// <summary>Makes a channel of a kind; what it reveals is all when it says so.</summary>
    public static async Task<Guid> MakeChannel(this RunningTier tier, string name, string kind, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> secrets, bool revealsAll = false)
    {
        ArgumentNullException.ThrowIfNull(tier);
        var made = await tier.Send(new SaveChannel { Name = name, Kind = Enum.Parse<ChannelKind>(kind), Settings = settings, Secrets = secrets.ToDictionary(s => s.Key, s => new Secret(s.Value)), Reveal = revealsAll ? ["*"] : [] });
        return made.Error is { } error ? throw new InvalidOperationException(error.ToString()) : made.Value;
    }

    /// <summary>Switches a channel off, as its page does.</summary>
    public static async Task StopChannel(this RunningTier tier, Guid id)
    {
        ArgumentNullException.ThrowIfNull(tier);
        var channel = (await tier.Send(new ListChannels())).Value.Single(c => c.Id == id);
        var saved = await tier.Send(new SaveChannel { Id = id, Stamp = channel.Stamp, Name = channel.Name, Kind = channel.Kind, Enabled = false, Language = channel.Language, Settings = channel.Settings, Secrets = new Dictionary<string, Secret>(), Reveal = channel.Reveal });
        if (saved.Error is { } error) throw new InvalidOperationException(error.ToString());
    }

    /// <summary>A WeCom application whose cards have buttons; where it is called.</summary>
    public static async Task<(Guid Id, string CallPath)> MakeCardChannel(this RunningTier tier, FakeMessengers fake, bool revealsAll = true)
    {
        ArgumentNullException.ThrowIfNull(fake);
        var settings = new Dictionary<string, string> { ["address"] = fake.Address.ToString(), ["corp"] = fake.WeCom.Corp, ["agent"] = fake.WeCom.Agent.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        var id = await tier.MakeChannel("wecom", nameof(ChannelKind.WeComApp), settings, new Dictionary<string, string> { ["secret"] = fake.WeCom.Secret, ["token"] = fake.WeCom.CallToken, ["aes"] = fake.WeCom.CallKey }, revealsAll);
        return (id, $"/calls/notify/wecom/{id}");
    }

    /// <summary>Names a person's WeCom user; with the fake given, shows by the code that came there that it is theirs.</summary>
    public static async Task SetWeCom(this RunningTier tier, Account account, string user, FakeMessengers? fake = null)
    {
        ArgumentNullException.ThrowIfNull(tier);
        ArgumentNullException.ThrowIfNull(account);
        var person = new Actor(ActorKind.Person, account.Id.ToString(), account.Name, System.Collections.Frozen.FrozenSet<string>.Empty, [Scope.All]);
        Check(await tier.Send(new SetMyContact("", user, ""), person));
        if (fake is null) return;
        var before = fake.Received("wecom-app").Count;
        Check(await tier.Send(new AskWeComProof(), person));
        var text = fake.Received("wecom-app")[before].Body.GetProperty("text").GetProperty("content").GetString()!;
        Check(await tier.Send(new GiveWeComProof(new Secret(System.Text.RegularExpressions.Regex.Match(text, "[0-9]{8}").Value)), person));
    }

    private static void Check<T>(Result<T> result)
    {
        if (result.Error is { } error) throw new InvalidOperationException(error.ToString());
    }
}
