using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>Holds a hit of fingerprints against the full value, which the index does not keep but the values do.</summary>
internal static class IndicatorConfirmation
{
    /// <summary>The indicator's identity, when the event's value is really one that it stands for; null otherwise.</summary>
    /// <param name="index">The index that answered.</param>
    /// <param name="mark">What it answered.</param>
    /// <param name="value">The value as it stands in the event.</param>
    public static Guid? Confirm(IndicatorIndex index, IndicatorMark mark, ReadOnlySpan<byte> value)
    {
        Span<byte> kept = stackalloc byte[UrlForm.Longest];
        var id = index.Values.Read(mark.Record, kept, out var length);
        return length > 0 && Stands(mark, kept[..length], value) ? id : null;
    }

    /// <summary>True when the value of an event is one that a kept value stands for.</summary>
    public static bool Stands(IndicatorMark mark, ReadOnlySpan<byte> kept, ReadOnlySpan<byte> value)
    {
        Span<byte> normal = stackalloc byte[UrlForm.Longest];
        if (UrlForm.TryWrite(value, normal, out var length))
        {
            if (mark.Kind != IndicatorKind.Url) return Stands(mark, kept, normal[UrlForm.HostOf(normal[..length])]);
            var url = normal[..length];
            return url.SequenceEqual(kept) || (url.IndexOf((byte)'?') is > 0 and var query && url[..query].SequenceEqual(kept));
        }
        switch (mark.Kind)
        {
            case IndicatorKind.Address or IndicatorKind.Network:
                return NetRange.TryRead(kept, out var range) && NetAddress.TryRead(value, out var address) && range.Contains(address);
            case IndicatorKind.Domain when DomainForm.TryWrite(value, normal, out length):
                var name = normal[..length];
                return name.SequenceEqual(kept) || (!mark.IsExact && name.Length > kept.Length && name.EndsWith(kept) && name[name.Length - kept.Length - 1] == '.');
            case IndicatorKind.Email when EmailForm.TryWrite(value, normal, out length):
                return normal[..length].SequenceEqual(kept);
            case IndicatorKind.Md5 or IndicatorKind.Sha1 or IndicatorKind.Sha256:
                return System.Text.Ascii.EqualsIgnoreCase(value, kept);
            default:
                return false;
        }
    }
}
