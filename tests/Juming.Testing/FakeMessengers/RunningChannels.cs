using Juming.Platform.Handlers;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Channels.Change;

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
}
