using System.Text;

namespace Juming.Benchmarks.Fuzz;

/// <summary>Makes hostile inputs from sound ones. The same seed and number always give the same input, so a run can go on where it stopped and a finding can be made again.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> samples, IReadOnlyList<byte[]> tokens, int seed)
{
    /// <summary>Longest input, in bytes.</summary>
    public const int MostBytes = 256 * 1024;

    private static readonly byte[][] Hostile =
    [
        [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8], [0x81, 0x30, 0x81, 0x30], [0xD5, 0xC5, 0xCE, 0xB0], [0xEF, 0xBB, 0xBF],
        .. new[] { "99999999999999999999999", "-1", "2147483648", "9223372036854775808", "1e999", "NaN", "0x", "\\u0000", "\\ud800", "\\x", "\\", "\"", "'", "=", "|", ":", ";", ",", " ", "\t", "\r\n", "\n", "{", "}", "[", "]", "(", ")", "<", ">", "%", "%s%n", "*", "?",
            "$", "^", "&a", "*a", "!!x", "---\n", "\u202e", "\u3000", "：", "中文", "::ffff:1.2.3.4", "1.2.3.4", "fe80::1%eth0", "/33", "0.0.0.0/0", "and", "or", "not", "null", "true", "../../", "<![CDATA[", "Feb 30 25:61:61", "9999-12-31T23:59:60Z", "0001-01-01T00:00:00+14:00" }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Input of a number.</summary>
    public byte[] Make(long number)
    {
        var random = new Random(unchecked((seed * 486_187_739) ^ (int)number ^ (int)(number >> 32) * 16_777_619));
        var bytes = new List<byte>(samples[random.Next(samples.Count)]);
        if (number < samples.Count) return samples[(int)number];
        for (var steps = 1 + random.Next(random.Next(2) == 0 ? 2 : 10); steps > 0; steps--) Step(bytes, random);
        if (bytes.Count > MostBytes) bytes.RemoveRange(MostBytes, bytes.Count - MostBytes);
        return [.. bytes];
    }

    private void Step(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, 1 + random.Next(1 << random.Next(8)));
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 4:
                bytes.InsertRange(at, Hostile[random.Next(Hostile.Length)]);
                break;
            case 5 when tokens.Count > 0:
                bytes.InsertRange(at, tokens[random.Next(tokens.Count)]);
                break;
            case 6:
                var other = samples[random.Next(samples.Count)];
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 1 + random.Next(200))]);
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 8:
                Repeat(bytes, at, length, random);
                break;
            case 9:
                Number(bytes, at, random);
                break;
            default:
                var token = tokens.Count > 0 && random.Next(2) == 0 ? tokens[random.Next(tokens.Count)] : Hostile[random.Next(Hostile.Length)];
                for (var i = 0; i < token.Length && at + i < bytes.Count; i++) bytes[at + i] = token[i];
                break;
        }
    }

    /// <summary>Repeats a piece: long values, deep nesting, many fields.</summary>
    private static void Repeat(List<byte> bytes, int at, int length, Random random)
    {
        if (length == 0) return;
        var piece = bytes.GetRange(at, length);
        var times = Math.Min(1 << random.Next(14), MostBytes / length);
        var more = new List<byte>(times * length);
        for (var i = 0; i < times; i++) more.AddRange(piece);
        bytes.InsertRange(at, more);
    }

    /// <summary>Replaces the digits at or after a place by a number of another size.</summary>
    private static void Number(List<byte> bytes, int at, Random random)
    {
        while (at < bytes.Count && bytes[at] is < (byte)'0' or > (byte)'9') at++;
        var end = at;
        while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9') end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, Encoding.ASCII.GetBytes(random.Next(4) == 0 ? new string('9', 1 + random.Next(400)) : (random.NextInt64() >> random.Next(64)).ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
