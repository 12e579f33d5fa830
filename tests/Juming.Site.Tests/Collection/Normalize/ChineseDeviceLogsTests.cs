using System.Net;
using System.Text;
using System.Text.Json;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

/// <summary>551 lines of Chinese security devices with addresses and ports that a script took from unmistakable keys.</summary>
[Category("S2")]
public sealed class ChineseDeviceLogsTests
{
    [Test]
    public void At_least_98_of_100_addresses_and_ports_are_right()
    {
        var normalizer = new LineNormalizer();
        int right = 0, all = 0, unparsed = 0, lines = 0;
        var misses = new List<string>();
        foreach (var text in File.ReadLines(SharedData.Require("logs-cn/cn-device-logs.jsonl")))
        {
            using var sample = JsonDocument.Parse(text);
            var batch = new EventBatch(1);
            normalizer.Normalize(batch, Encoding.UTF8.GetBytes(sample.RootElement.GetProperty("raw").GetString()!), new LineContext { Received = 1_793_491_200_000_000, Source = new SourceMemory() });
            lines++;
            if ((batch.Current.Flags & EventFlags.Unparsed) != 0) unparsed++;
            if (!sample.RootElement.TryGetProperty("silver", out var silver) || silver.ValueKind != JsonValueKind.Object) continue;
            foreach (var answer in silver.EnumerateObject())
            {
                all++;
                var expected = answer.Value.ToString();
                if (IsRight(answer.Name, expected, batch.Text(0, FieldNames.Intern(answer.Name)))) right++;
                else misses.Add($"{sample.RootElement.GetProperty("id").GetString()} {answer.Name}: {expected} but {batch.Text(0, FieldNames.Intern(answer.Name)) ?? "none"}");
            }
        }
        TestContext.Out.WriteLine($"{right} of {all} right ({100.0 * right / all:F1} %), {unparsed} of {lines} lines unparsed");
        misses.ForEach(TestContext.Out.WriteLine);
        Assert.That(right, Is.GreaterThanOrEqualTo(all * 0.98));
    }

    // The rule for absent values: 0.0.0.0, port 0 and what is no port at all are no answer, so the field must not be there.
    private static bool IsRight(string field, string expected, string? found)
    {
        if (field.EndsWith(".port", StringComparison.Ordinal)) return int.TryParse(expected, out var port) && port is > 0 and <= 65_535 ? found == expected : found is null;
        if (!IPAddress.TryParse(expected, out var address) || address.Equals(IPAddress.Any)) return found is null;
        return IPAddress.TryParse(found, out var other) && other.Equals(address);
    }
}
