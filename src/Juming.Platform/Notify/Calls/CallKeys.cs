using System.Collections.Concurrent;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Vault;

namespace Juming.Platform.Notify.Calls;

/// <summary>
/// What calls to a channel are checked with, kept from one call to the next until the channel changes: anybody may call, and an opening of the vault is a line
/// of the audit trail each time.
/// </summary>
internal sealed class CallKeys
{
    private readonly ConcurrentDictionary<Guid, (Guid Stamp, WeComEnvelope Envelope)> _kept = new();

    /// <summary>The envelope of a channel; null when it takes no calls.</summary>
    public async Task<WeComEnvelope?> Of(ChannelRow channel, IVault vault, CancellationToken ct)
    {
        if (_kept.TryGetValue(channel.Id, out var kept) && kept.Stamp == channel.Stamp) return kept.Envelope;
        var secrets = ChannelForm.SecretsOf(channel);
        if (!secrets.TryGetValue("token", out var token) || !secrets.TryGetValue("aes", out var aes)) return null;
        try
        {
            var key = WeComEnvelope.KeyOf((await vault.Open(aes, Dispatcher.PlaceOf(channel.Id, "aes"), "notify.call", ct)).Value);
            if (key is null) return null;
            var envelope = new WeComEnvelope((await vault.Open(token, Dispatcher.PlaceOf(channel.Id, "token"), "notify.call", ct)).Value, key, ChannelForm.SettingsOf(channel).GetValueOrDefault("corp", ""));
            _kept[channel.Id] = (channel.Stamp, envelope);
            return envelope;
        }
        catch (SecretGoneException)
        {
            return null;
        }
    }
}

/// <summary>Calls of the last minutes, so that one that was listened to can't be made again. Only calls with a good signature enter, so that nobody can fill it.</summary>
internal sealed class CallMemory
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new();

    /// <summary>True when it was not seen before.</summary>
    public bool IsNew(string call, DateTimeOffset now, TimeSpan keep)
    {
        foreach (var (old, at) in _seen)
            if (at < now - keep) _seen.TryRemove(old, out _);
        return _seen.TryAdd(call, now);
    }
}
