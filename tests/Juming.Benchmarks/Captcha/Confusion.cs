namespace Juming.Benchmarks.Captcha;

/// <summary>Counts which character was read as which.</summary>
internal sealed class Confusion
{
    private readonly Dictionary<string, int> _pairs = [];

    /// <summary>Takes up a wrong reading; lines of different length count as a whole, since nobody knows what stood for what.</summary>
    public void Add(string wanted, string got)
    {
        if (wanted.Length != got.Length) Count(got.Length < wanted.Length ? "too short" : "too long");
        else
            foreach (var (want, seen) in wanted.Zip(got).Where(p => p.First != p.Second)) Count($"{want} as {seen}");
    }

    /// <summary>The most frequent first.</summary>
    public IEnumerable<(string Pair, int Times)> Top(int most) => _pairs.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).Take(most).Select(p => (p.Key, p.Value));

    private void Count(string pair) => _pairs[pair] = _pairs.GetValueOrDefault(pair) + 1;
}
