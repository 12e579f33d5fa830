namespace Juming.Testing.Canaries;

/// <summary>The code of HTTP/2's headers (RFC 7541, appendix B) for lower-case letters and digits.</summary>
internal static class Huffman
{
    private static readonly Dictionary<char, (int Code, int Bits)> Codes = Build();

    /// <summary>The whole bytes of a text's code when it begins so many bits into a byte.</summary>
    public static byte[] Of(string text, int shift)
    {
        var bits = new List<bool>();
        foreach (var letter in text)
        {
            var (code, count) = Codes[letter];
            for (var i = count - 1; i >= 0; i--) bits.Add(((code >> i) & 1) == 1);
        }
        // What stands before and after in the first and last byte is another's.
        var first = (8 - shift) % 8;
        var bytes = new byte[(bits.Count - first) / 8];
        for (var i = 0; i < bytes.Length; i++)
            for (var j = 0; j < 8; j++)
                if (bits[first + (i * 8) + j]) bytes[i] |= (byte)(0x80 >> j);
        return bytes;
    }

    private static Dictionary<char, (int, int)> Build()
    {
        var codes = new Dictionary<char, (int, int)>();
        Add("012aceiost", 0x00, 5);
        Add("3456789", 0x19, 6);
        Add("bdfghlmnpru", 0x23, 6);
        Add("jkqvwxyz", 0x74, 7);
        return codes;

        void Add(string letters, int from, int bits)
        {
            for (var i = 0; i < letters.Length; i++) codes[letters[i]] = (from + i, bits);
        }
    }
}
