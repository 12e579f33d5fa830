namespace Juming.Contracts.Indicators;

/// <summary>Mail addresses: lower-case, without a name beside them, with the domain in its normal form.</summary>
public static class EmailForm
{
    private const int LongestLocal = 64;

    /// <summary>Longest address in bytes.</summary>
    public const int Longest = LongestLocal + 1 + DomainForm.Longest;

    /// <summary>Writes the normal form of an address.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> text, Span<byte> to, out int length)
    {
        length = 0;
        if (text.Length > 2 && text[0] == '<' && text[^1] == '>') text = text[1..^1];
        var at = text.LastIndexOf((byte)'@');
        if (at is < 1 or > LongestLocal || to.Length < Longest) return false;
        for (var i = 0; i < at; i++)
        {
            var c = text[i];
            // Quoted local parts exist in the standard and in no indicator.
            if (c is <= 0x20 or 0x7F or (byte)'"' or (byte)'(' or (byte)')' or (byte)',' or (byte)':' or (byte)';' or (byte)'<' or (byte)'>' or (byte)'@' or (byte)'[' or (byte)']' or (byte)'\\') return false;
            to[i] = char.IsAsciiLetterUpper((char)c) ? (byte)(c | 0x20) : c;
        }
        to[at] = (byte)'@';
        if (!System.Text.Unicode.Utf8.IsValid(text[..at]) || !DomainForm.TryWrite(text[(at + 1)..], to[(at + 1)..], out var domain)) return false;
        length = at + 1 + domain;
        return true;
    }
}
