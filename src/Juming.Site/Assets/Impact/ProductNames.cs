using System.Collections.Frozen;
using Juming.Contracts.Vulnerabilities;
using Juming.Site.Assets.Data;

namespace Juming.Site.Assets.Impact;

/// <summary>A name under which vulnerabilities may know a product; the vendor is null where nobody says who it is.</summary>
internal readonly record struct ProductName(char Part, string? Vendor, string Product);

/// <summary>Brings names as logs, installers and people write them to those that vulnerabilities are written with.</summary>
internal static class ProductNames
{
    private static readonly FrozenSet<string> CompanyWords = new[] { "inc", "inc.", "llc", "ltd", "ltd.", "limited", "corporation", "corp", "corp.", "co", "co.", "company", "gmbh", "ag", "s.a.", "foundation", "incorporated", "technologies", "technology", "the", "group", "project", "team", "community", "development" }.ToFrozenSet(StringComparer.Ordinal);

    // Products by the words of greetings and installers: who makes them, by the names of the dictionary of CPE.
    private static readonly FrozenDictionary<string, (string Vendor, string Product)[]> Products = new Dictionary<string, (string, string)[]>
    {
        ["openssh"] = [("openbsd", "openssh")],
        ["apache"] = [("apache", "http_server")],
        ["apache_httpd"] = [("apache", "http_server")],
        ["apache_http_server"] = [("apache", "http_server")],
        ["httpd"] = [("apache", "http_server")],
        ["nginx"] = [("f5", "nginx"), ("nginx", "nginx"), ("f5", "nginx_open_source")],
        ["openresty"] = [("openresty", "openresty")],
        ["tengine"] = [("alibaba", "tengine")],
        ["microsoft-iis"] = [("microsoft", "internet_information_services"), ("microsoft", "internet_information_server")],
        ["iis"] = [("microsoft", "internet_information_services"), ("microsoft", "internet_information_server")],
        ["tomcat"] = [("apache", "tomcat")],
        ["apache_tomcat"] = [("apache", "tomcat")],
        ["php"] = [("php", "php")],
        ["openssl"] = [("openssl", "openssl")],
        ["jetty"] = [("eclipse", "jetty"), ("mortbay", "jetty")],
        ["lighttpd"] = [("lighttpd", "lighttpd")],
        ["exim"] = [("exim", "exim")],
        ["postfix"] = [("postfix", "postfix")],
        ["vsftpd"] = [("vsftpd_project", "vsftpd"), ("beasts", "vsftpd")],
        ["proftpd"] = [("proftpd", "proftpd")],
        ["dropbear"] = [("dropbear_ssh_project", "dropbear_ssh")],
        ["libssh"] = [("libssh", "libssh")],
        ["squid"] = [("squid-cache", "squid")],
        ["haproxy"] = [("haproxy", "haproxy")],
        ["mysql"] = [("oracle", "mysql"), ("mysql", "mysql")],
        ["mariadb"] = [("mariadb", "mariadb")],
        ["postgresql"] = [("postgresql", "postgresql")],
        ["redis"] = [("redis", "redis"), ("redislabs", "redis")],
        ["elasticsearch"] = [("elastic", "elasticsearch"), ("elasticsearch", "elasticsearch")],
        ["weblogic"] = [("oracle", "weblogic_server")],
        ["7-zip"] = [("7-zip", "7-zip")],
        ["winrar"] = [("rarlab", "winrar")],
        ["notepad++"] = [("notepad-plus-plus", "notepad++")],
        ["putty"] = [("putty", "putty"), ("simon_tatham", "putty")],
        ["google_chrome"] = [("google", "chrome")],
        ["chrome"] = [("google", "chrome")],
        ["microsoft_edge"] = [("microsoft", "edge_chromium"), ("microsoft", "edge")],
        ["firefox"] = [("mozilla", "firefox")],
        ["mozilla_firefox"] = [("mozilla", "firefox")],
        ["thunderbird"] = [("mozilla", "thunderbird")],
        ["wireshark"] = [("wireshark", "wireshark")],
        ["libreoffice"] = [("libreoffice", "libreoffice")],
        ["log4j"] = [("apache", "log4j")],
        ["log4j-core"] = [("apache", "log4j")],
        ["struts"] = [("apache", "struts")],
        ["shiro"] = [("apache", "shiro")],
        ["fastjson"] = [("alibaba", "fastjson")],
        ["nacos"] = [("alibaba", "nacos")],
        ["fortigate"] = [("fortinet", "fortios")],
        ["pan-os"] = [("paloaltonetworks", "pan-os")],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Vendors = new Dictionary<string, string>
    {
        ["apache_software"] = "apache",
        ["python_software"] = "python",
        ["igor_pavlov"] = "7-zip",
        ["win.rar"] = "rarlab",
        ["simon_tatham"] = "putty",
        ["don_ho"] = "notepad-plus-plus",
        ["notepad++"] = "notepad-plus-plus",
        ["palo_alto_networks"] = "paloaltonetworks",
        ["check_point"] = "checkpoint",
        ["trend_micro"] = "trendmicro",
        ["red_hat"] = "redhat",
        ["用友"] = "yonyou",
        ["泛微"] = "weaver",
        ["致远"] = "seeyon",
        ["致远互联"] = "seeyon",
        ["帆软"] = "fanruan",
        ["海康威视"] = "hikvision",
        ["海康"] = "hikvision",
        ["大华"] = "dahuasecurity",
        ["深信服"] = "sangfor",
        ["天融信"] = "topsec",
        ["奇安信"] = "qianxin",
        ["启明星辰"] = "venustech",
        ["绿盟"] = "nsfocus",
        ["绿盟科技"] = "nsfocus",
        ["华为"] = "huawei",
        ["新华三"] = "h3c",
        ["锐捷"] = "ruijie",
        ["锐捷网络"] = "ruijie",
        ["中兴"] = "zte",
        ["金蝶"] = "kingdee",
        ["蓝凌"] = "landray",
        ["通达"] = "tongda2000",
        ["阿里巴巴"] = "alibaba",
        ["腾讯"] = "tencent",
        ["百度"] = "baidu",
        ["达梦"] = "dameng",
        ["人大金仓"] = "kingbase",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names under which a product may be known.</summary>
    public static IReadOnlyList<ProductName> Of(SoftwareRow row)
    {
        if (CpeName.Parse(row.Cpe) is { } cpe) return [new(cpe.Part, cpe.Vendor is "*" or "-" ? null : cpe.Vendor, cpe.Product)];
        var vendor = VendorOf(row.Vendor);
        var product = Plain(row.Product, row.Version);
        var names = new List<ProductName>();
        if (Known(vendor, product) is { } known) names.AddRange(known);
        var bare = vendor is not null && product.StartsWith(vendor + "_", StringComparison.Ordinal) ? product[(vendor.Length + 1)..] : product;
        if (bare != product && Known(vendor, bare) is { } more) names.AddRange(more);
        if (names.Count > 0) return names;
        return bare == product ? [new('*', vendor, product)] : [new('*', vendor, product), new('*', vendor, bare)];
    }

    // Another vendor's product of the same name is another product.
    private static IEnumerable<ProductName>? Known(string? vendor, string product) =>
        Products.TryGetValue(product, out var known) && (vendor is null || known.Any(k => k.Vendor == vendor)) ? known.Select(k => new ProductName('*', k.Vendor, k.Product)) : null;

    private static string? VendorOf(string text)
    {
        var words = text.ToLowerInvariant().Replace(',', ' ').Split([' ', '_'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var plain = string.Join('_', words.Where(w => !CompanyWords.Contains(w)));
        if (plain.Length == 0) plain = string.Join('_', words);
        return plain.Length == 0 ? null : Vendors.GetValueOrDefault(plain, plain);
    }

    /// <summary>"7-Zip 23.01 (x64 edition)" of version 23.01.00.0 is "7-zip".</summary>
    private static string Plain(string product, string version)
    {
        var text = product.ToLowerInvariant();
        if (text.IndexOf(" (", StringComparison.Ordinal) is > 0 and var bracket) text = text[..bracket];
        var words = text.Split([' ', '_'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        while (words.Count > 1 && char.IsAsciiDigit(words[^1][0]) && version.Length > 0 && (version.StartsWith(words[^1], StringComparison.OrdinalIgnoreCase) || VersionOrder.Compare(words[^1], version) == 0)) words.RemoveAt(words.Count - 1);
        return string.Join('_', words.Select(w => w.Trim('®', '™')));
    }
}
