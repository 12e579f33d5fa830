namespace Juming.Site.Assets.Software;

/// <summary>Reads how servers greet: "OpenSSH_7.4p1 Debian-10", "Apache/2.4.41 (Ubuntu) OpenSSL/1.1.1f PHP/7.4.3".</summary>
internal static class Banners
{
    private const int MostProducts = 6;
    private const int LongestWord = 60;
    private static readonly string[] Distributions = ["debian", "ubuntu", "centos", "red hat", "redhat", "rhel", "fedora", "unix", "raspbian", "freebsd", "openeuler", "kylin", "uos", "anolis", "suse"];

    /// <summary>Products with their versions. What a distribution has built is said in the version, for it mends without a new number.</summary>
    public static IEnumerable<(string Product, string Version)> Read(string banner)
    {
        var words = banner.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var built = Distributions.FirstOrDefault(d => d != "unix" && banner.Contains(d, StringComparison.OrdinalIgnoreCase));
        return words.Select(Word).Where(w => w.Product.Length > 0).Take(MostProducts).Select(w => (w.Product, built is null || w.Version.Length == 0 ? w.Version : $"{w.Version} ({built})"));
    }

    private static (string Product, string Version) Word(string word)
    {
        // "OpenSSH_7.4p1", "nginx/1.18.0", "Microsoft-IIS/10.0", "dropbear_2019.78", "libssh-0.9.3"
        var at = word.IndexOf('/', StringComparison.Ordinal);
        if (at < 0) at = word.IndexOf('_', StringComparison.Ordinal);
        if (at < 0) at = word.LastIndexOf('-') is var dash && dash > 0 && dash + 1 < word.Length && char.IsAsciiDigit(word[dash + 1]) ? dash : -1;
        if (at <= 0 || word.Length > LongestWord || at + 1 >= word.Length) return ("", "");
        var (product, version) = (word[..at], word[(at + 1)..].TrimEnd(',', ';', ')'));
        if (version.Length == 0 || !char.IsAsciiDigit(version[0]) || !product.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '+')) return ("", "");
        if (product.StartsWith("SSH-2.0-", StringComparison.Ordinal)) product = product[8..];
        // A distribution names itself after what it has built.
        return Distributions.Any(d => product.Equals(d, StringComparison.OrdinalIgnoreCase)) ? ("", "") : (product, version);
    }
}
