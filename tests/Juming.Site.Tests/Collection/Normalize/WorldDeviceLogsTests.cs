using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

/// <summary>677 lines of 137 products sold all over the world: the answer is the product's name; addresses and times are what strict patterns of this test find in the raw line.</summary>
[Category("S2")]
public sealed partial class WorldDeviceLogsTests
{
    // Collections of samples that test a relay's own settings: their name is no product.
    private static readonly HashSet<string> NoProduct = ["common", "common_lite", "leef", "linux_syslog", "loggen", "mk8s_custom_ports", "plugin_example"];

    // The lines themselves (mostly the CEF header) name these products otherwise than the set does.
    private static readonly Dictionary<string, string[]> OtherNames = new(StringComparer.Ordinal)
    {
        ["aruba"] = ["aruba controller"],
        ["barracuda"] = ["barracuda"],
        ["cisco_esa"] = ["cisco esa", "cisco email security", "cisco secure email"],
        ["clearswift_syslog_rfc5424_test_filter"] = ["clearswift"],
        ["cyberark"] = ["cyber ark", "cyberark"],
        ["fireye"] = ["fireeye"],
        ["fortinet_ngfw"] = ["fortinet fortigate"],
        ["fortinet_web"] = ["fortinet web", "fortinet fortimail"],
        ["hpe_procurve"] = ["hpe procurve"],
        ["imperva"] = ["imperva", "incapsula"],
        ["imperva_waf"] = ["imperva securesphere"],
        ["kaspersky"] = ["kaspersky", "kasperskylab"],
        ["microfocus_arcsight"] = ["microfocus arcsight", "arcsight"],
        ["microsoft_mcas"] = ["mcas"],
        ["netscout_arbor-edge"] = ["netscout arbor"],
        ["symantec_dlp"] = ["symantec dlp"],
        ["vectra_ai"] = ["vectra"],
        ["vectra_json"] = ["vectra"],
        ["airwatch_rfc3164"] = ["airwatch"],
        ["checkpoint_syslog_rfc5424"] = ["checkpoint"],
        ["juniper_junos_rfc3164"] = ["juniper junos"],
        ["juniper_junos_rfc5424"] = ["juniper junos"],
    };

    [Test]
    public void The_product_is_named_in_at_least_90_of_100_lines()
    {
        int right = 0, all = 0;
        var worst = new Dictionary<string, int>();
        foreach (var sample in Samples())
        {
            if (NoProduct.Contains(sample.Vendor)) continue;
            all++;
            var batch = Normalize(sample.Raw);
            var found = Words($"{batch.Text(0, Field.ObserverVendor)} {batch.Text(0, Field.ObserverProduct)}");
            if ((OtherNames.GetValueOrDefault(sample.Vendor) ?? [sample.Vendor]).Any(name => Words(name).IsSubsetOf(found))) right++;
            else worst[sample.Vendor] = worst.GetValueOrDefault(sample.Vendor) + 1;
        }
        TestContext.Out.WriteLine($"{right} of {all} products right ({100.0 * right / all:F1} %)");
        foreach (var (vendor, missed) in worst.OrderByDescending(w => w.Value)) TestContext.Out.WriteLine($"{missed,4} {vendor}");
        Assert.That(right, Is.GreaterThanOrEqualTo(all * 0.9));
    }

    [Test]
    public void Every_address_and_time_of_a_line_is_found_in_at_least_95_of_100_lines()
    {
        int whole = 0, holding = 0, addresses = 0, addressesFound = 0, times = 0, timesFound = 0, number = 0;
        var misses = new List<string>();
        foreach (var sample in Samples())
        {
            number++;
            var batch = Normalize(sample.Raw);
            var values = Values(batch);
            var missed = new List<string>();
            foreach (var address in AddressesOf(sample.Raw))
            {
                addresses++;
                if (values.Exists(v => IPAddress.TryParse(v, out var ip) && ip.Equals(address))) addressesFound++;
                else missed.Add(address.ToString());
            }
            var instants = Instants(batch, values);
            foreach (var time in TimesOf(sample.Raw))
            {
                times++;
                if (instants.Exists(i => Math.Abs(i.Ticks - time.At.Ticks) < TimeSpan.TicksPerHour * 27 && Math.Abs(i.TimeOfDay.Ticks - time.At.TimeOfDay.Ticks) % (TimeSpan.TicksPerMinute * 30) < TimeSpan.TicksPerSecond) || values.Exists(v => v.Contains(time.Text, StringComparison.Ordinal))) timesFound++;
                else missed.Add(time.Text);
            }
            if (missed.Count == 0) whole++;
            else misses.Add($"line {number} {sample.Vendor}: {string.Join(" | ", missed)}");
            holding++;
        }
        TestContext.Out.WriteLine($"{whole} of {holding} lines whole ({100.0 * whole / holding:F1} %): addresses {addressesFound} of {addresses}, times {timesFound} of {times}");
        misses.ForEach(TestContext.Out.WriteLine);
        Assert.That(whole, Is.GreaterThanOrEqualTo(holding * 0.95));
    }

    private static HashSet<string> Words(string text) => [.. text.ToLowerInvariant().Split([' ', '_', '-', '.', '/'], StringSplitOptions.RemoveEmptyEntries)];

    private static IEnumerable<IPAddress> AddressesOf(string raw)
    {
        foreach (Match m in V4().Matches(raw))
            if (IPAddress.TryParse(m.Value, out var v4) && !v4.Equals(IPAddress.Any)) yield return v4;
        foreach (Match m in V6().Matches(raw))
            if (m.Value.Contains("::", StringComparison.Ordinal) || m.Value.Count(c => c == ':') == 7)
                if (m.Value.Length > 4 && IPAddress.TryParse(m.Value, out var v6) && !v6.Equals(IPAddress.IPv6Any)) yield return v6;
    }

    private static IEnumerable<(string Text, DateTime At)> TimesOf(string raw)
    {
        foreach (Match m in Iso().Matches(raw))
            if (DateTime.TryParseExact(m.Groups[1].Value.Replace('/', '-').Replace('T', ' '), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) yield return (m.Groups[1].Value, at);
        foreach (Match m in MonthFirst().Matches(raw))
            if (DateTime.TryParseExact($"{(m.Groups["y"].Success ? m.Groups["y"].Value : "2026")} {m.Groups["m"].Value} {m.Groups["d"].Value} {m.Groups["t"].Value}", "yyyy MMM d HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) yield return (m.Value, at);
    }

    private static List<string> Values(EventBatch batch)
    {
        var values = new List<string>();
        foreach (ref readonly var field in batch.FieldsOf(0))
            if (field.Id != Field.Message && field.Id != Field.EventOriginal) values.Add(Encoding.UTF8.GetString(batch.Value(field)));
        return values;
    }

    private static List<DateTime> Instants(EventBatch batch, List<string> values)
    {
        var instants = new List<DateTime> { DateTime.UnixEpoch.AddTicks(batch.Current.Time * 10) };
        foreach (var value in values)
            if (value.Length >= 19 && value[4] == '-' && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var at)) instants.Add(at);
        return instants;
    }

    private static EventBatch Normalize(string raw)
    {
        var batch = new EventBatch(1);
        new LineNormalizer().Normalize(batch, Encoding.UTF8.GetBytes(raw), new LineContext { Received = 1_795_436_729_000_000, Source = new SourceMemory() });
        return batch;
    }

    private static IEnumerable<(string Vendor, string Raw)> Samples()
    {
        foreach (var text in File.ReadLines(SharedData.Require("logs-intl/sc4s-device-logs.jsonl")))
        {
            using var sample = JsonDocument.Parse(text);
            yield return (sample.RootElement.GetProperty("vendor").GetString()!, sample.RootElement.GetProperty("raw").GetString()!);
        }
    }

    [GeneratedRegex(@"(?<![\w.\-])(?:\d{1,3}\.){3}\d{1,3}(?![\w\-]|\.\w)")]
    private static partial Regex V4();

    [GeneratedRegex(@"(?<![\w:.\-])[0-9A-Fa-f:]{3,39}(?![\w:.\-])")]
    private static partial Regex V6();

    [GeneratedRegex(@"(?<!\d)(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d)")]
    private static partial Regex Iso();

    [GeneratedRegex(@"\b(?<m>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(?<d>\d{1,2})(?:,? (?<y>\d{4}))? (?<t>\d\d:\d\d:\d\d)(?:\.\d+)?(?: (?<y>\d{4})\b)?")]
    private static partial Regex MonthFirst();
}
