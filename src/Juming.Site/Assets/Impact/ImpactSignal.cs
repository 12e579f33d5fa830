using System.Threading.Channels;
using Juming.Platform.Handlers;

namespace Juming.Site.Assets.Impact;

/// <summary>Says that software or what is known of vulnerabilities has changed.</summary>
internal sealed class ImpactSignal
{
    private readonly Channel<bool> _rings = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => _rings.Writer.TryWrite(true);

    /// <summary>Waits for a ring.</summary>
    public async Task Wait(CancellationToken ct) => await _rings.Reader.ReadAsync(ct);
}

/// <summary>Lets one at a time hold vulnerabilities against software.</summary>
internal sealed class ImpactTurn : Turn;
