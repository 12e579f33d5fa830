using System.Globalization;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Calls;

/// <summary>Checks a call of the messenger and opens it. Anybody may call; only who holds the channel's token and key is heard.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Signature">Signature over the other parts.</param>
/// <param name="Timestamp">When it was signed, in seconds.</param>
/// <param name="Nonce">Chosen by who signed.</param>
/// <param name="Encrypted">The sealed part.</param>
/// <param name="Once">The same again is refused.</param>
internal sealed record OpenCall(Guid Channel, string Signature, string Timestamp, string Nonce, string Encrypted, bool Once) : IQuery<OpenedCall>, IOpenToAnyone;

/// <summary>What was inside.</summary>
/// <param name="Text">The text.</param>
/// <param name="Corp">Corporation of the channel.</param>
/// <param name="Agent">Application of the channel.</param>
internal sealed record OpenedCall(string Text, string Corp, string Agent);

file sealed class Handler(NotifyDb db, CallKeys keys, CallMemory memory, IVault vault, TimeProvider clock) : IQueryHandler<OpenCall, OpenedCall>
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan NotedEach = TimeSpan.FromMinutes(1);

    public async Task<Result<OpenedCall>> Handle(OpenCall request, CancellationToken cancellationToken)
    {
        var channel = await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == request.Channel && c.Kind == ChannelKind.WeComApp && c.Enabled, cancellationToken);
        if (channel is null || await keys.Of(channel, vault, cancellationToken) is not { } envelope) return NotifyErrors.NoSuchCall;
        if (!envelope.IsSigned(request.Signature, request.Timestamp, request.Nonce, request.Encrypted)) return NotifyErrors.CallSignature;
        var now = clock.GetUtcNow();
        if (!long.TryParse(request.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Window.TotalSeconds) return NotifyErrors.CallStale;
        if (envelope.Open(request.Encrypted) is not { } text) return NotifyErrors.CallUnreadable;
        if (request.Once && !memory.IsNew($"{channel.Id:N}\n{request.Timestamp}\n{request.Nonce}\n{request.Signature}", now, Window * 3)) return NotifyErrors.CallRepeated;
        if (channel.CalledAt is not { } called || now - called > NotedEach) await db.Channels.Where(c => c.Id == channel.Id).ExecuteUpdateAsync(c => c.SetProperty(r => r.CalledAt, now), cancellationToken);
        var settings = ChannelForm.SettingsOf(channel);
        return new OpenedCall(text, settings.GetValueOrDefault("corp", ""), settings.GetValueOrDefault("agent", ""));
    }
}
