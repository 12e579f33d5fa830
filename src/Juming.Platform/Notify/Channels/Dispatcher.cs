using Juming.Platform.Notify.Channels.Senders;
using Juming.Platform.Notify.Data;
using Juming.Platform.Vault;

namespace Juming.Platform.Notify.Channels;

/// <summary>Sends one message on a channel: opens what is secret for this one use, and keeps it out of what is told afterwards.</summary>
internal sealed class Dispatcher(IEnumerable<IChannelSender> senders, WeComCards cards, IVault vault)
{
    private const int LongestDetail = 300;

    /// <summary>Place of a channel's secret in the vault.</summary>
    public static SecretPlace PlaceOf(Guid channel, string field) => new("notify", channel.ToString(), field);

    /// <summary>Sends.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="receiver">Address of the person on it; null for a group.</param>
    /// <param name="message">The message.</param>
    /// <param name="purpose">For the audit trail: "notify.send", "notify.test".</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SendOutcome> Send(ChannelRow channel, string? receiver, Message message, string purpose, CancellationToken ct)
    {
        if (receiver is null && ChannelForm.IsPersonal(channel)) return SendOutcome.Refused("no-address", null);
        var (access, failure) = await Open(channel, purpose, ct);
        if (access is null) return failure!;
        OneTimeLinks.Hide(message);
        var outcome = await senders.First(s => s.Kind == channel.Kind).Send(new ChannelCall(access.Settings, access.Secrets, receiver, message), ct);
        return Told(outcome, access);
    }

    /// <summary>Puts words in the place of a message's buttons, for one receiver.</summary>
    public async Task<SendOutcome> Change(ChannelRow channel, string receiver, string code, string words, CancellationToken ct)
    {
        var (access, failure) = await Open(channel, "notify.card", ct);
        return access is null ? failure! : Told(await cards.Say(access, receiver, code, words, ct), access);
    }

    /// <summary>What is needed to call the other side, or why it can't be had.</summary>
    private async Task<(ChannelAccess? Access, SendOutcome? Failure)> Open(ChannelRow channel, string purpose, CancellationToken ct)
    {
        var secrets = new Dictionary<string, string>();
        try
        {
            foreach (var (field, id) in ChannelForm.SecretsOf(channel)) secrets[field] = (await vault.Open(id, PlaceOf(channel.Id, field), purpose, ct)).Value;
        }
        catch (SecretGoneException e)
        {
            return (null, SendOutcome.Refused("secret-gone", e.Reason));
        }
        var settings = ChannelForm.SettingsOf(channel);
        foreach (var field in ChannelForm.Of(channel.Kind))
            if (field.IsRequired && string.IsNullOrEmpty((field.IsSecret ? secrets : settings).GetValueOrDefault(field.Name))) return (null, SendOutcome.Refused("not-set-up", field.Name));
        return (new ChannelAccess(settings, secrets), null);
    }

    private static SendOutcome Told(SendOutcome outcome, ChannelAccess access) => outcome with { Detail = Told(outcome.Detail, access.Secrets.Values), Reference = Told(outcome.Reference, access.Secrets.Values) };

    // The other side may repeat what it was given.
    private static string? Told(string? text, IEnumerable<string> secrets)
    {
        if (text is null) return null;
        foreach (var secret in secrets.Where(s => s.Length > 0)) text = text.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.Ordinal);
        text = string.Concat(text.Where(c => !char.IsControl(c)));
        return Posting.PlainText.Cut(text, LongestDetail);
    }
}
