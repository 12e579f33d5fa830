using System.Net;
using System.Text;
using System.Text.Json;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Workbench;
using Juming.Site.Events;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Workbench;

/// <summary>The guess is shown the lines of one device that it has never heard of, and its pack is asked for the addresses and ports that a script took from unmistakable keys.</summary>
[Category("S2")]
public sealed class FormatGuessOnDevicesTests
{
    [Test]
    public void Packs_proposed_from_one_devices_lines_find_most_of_its_addresses_and_ports()
    {
        var devices = File.ReadLines(SharedData.Require("logs-cn/cn-device-logs.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)
            .GroupBy(d => d.GetProperty("vendor").GetString() + "/" + d.GetProperty("device").ToString()).Where(g => g.Count() >= 3).OrderBy(g => g.Key, StringComparer.Ordinal);
        int right = 0, all = 0, taken = 0, lines = 0;
        foreach (var device in devices)
        {
            var raw = device.Select(d => d.GetProperty("raw").GetString()!).ToList();
            var draft = FormatGuess.Propose(raw, "draft", CancellationToken.None)!;
            var (packs, problems) = ParserPack.LoadAll(PackYaml.Write(draft.Pack));
            Assert.That(problems, Is.Empty, device.Key);
            var normalizer = new LineNormalizer(PackSet.Empty.With(packs));
            int deviceRight = 0, deviceAll = 0, deviceTaken = 0;
            foreach (var sample in device)
            {
                var batch = new EventBatch(1);
                normalizer.Normalize(batch, Encoding.UTF8.GetBytes(sample.GetProperty("raw").GetString()!), new LineContext { Received = 1_793_491_200_000_000, Source = new SourceMemory() });
                if (batch.Text(0, Field.JmParser) == "draft") deviceTaken++;
                if (!sample.TryGetProperty("silver", out var silver) || silver.ValueKind != JsonValueKind.Object) continue;
                foreach (var answer in silver.EnumerateObject())
                {
                    deviceAll++;
                    if (IsRight(answer.Name, answer.Value.ToString(), batch.Text(0, FieldNames.Intern(answer.Name)))) deviceRight++;
                }
            }
            TestContext.Out.WriteLine($"{device.Key}: {draft.Kind} {draft.Score:F2}, {deviceTaken} of {device.Count()} taken, {deviceRight} of {deviceAll} right");
            right += deviceRight;
            all += deviceAll;
            taken += deviceTaken;
            lines += device.Count();
        }
        TestContext.Out.WriteLine($"{right} of {all} right ({100.0 * right / all:F1} %), {taken} of {lines} lines taken ({100.0 * taken / lines:F1} %)");
        Assert.That(right, Is.GreaterThanOrEqualTo(all * 0.95));
        Assert.That(taken, Is.GreaterThanOrEqualTo(lines * 0.9));
    }

    [Test]
    public void A_pack_proposed_from_half_of_the_lines_reads_most_of_the_other_half()
    {
        var devices = File.ReadLines(SharedData.Require("logs-cn/cn-device-logs.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)
            .GroupBy(d => d.GetProperty("vendor").GetString() + "/" + d.GetProperty("device").ToString()).Where(g => g.Count() >= 10).OrderBy(g => g.Key, StringComparer.Ordinal);
        int right = 0, all = 0, taken = 0, lines = 0;
        foreach (var device in devices)
        {
            var samples = device.ToList();
            var draft = FormatGuess.Propose([.. samples.Where((_, i) => i % 2 == 0).Select(d => d.GetProperty("raw").GetString()!)], "draft", CancellationToken.None)!;
            var normalizer = new LineNormalizer(PackSet.Empty.With(ParserPack.LoadAll(PackYaml.Write(draft.Pack)).Packs));
            foreach (var sample in samples.Where((_, i) => i % 2 == 1))
            {
                var batch = new EventBatch(1);
                normalizer.Normalize(batch, Encoding.UTF8.GetBytes(sample.GetProperty("raw").GetString()!), new LineContext { Received = 1_793_491_200_000_000, Source = new SourceMemory() });
                lines++;
                if (batch.Text(0, Field.JmParser) == "draft") taken++;
                if (!sample.TryGetProperty("silver", out var silver) || silver.ValueKind != JsonValueKind.Object) continue;
                foreach (var answer in silver.EnumerateObject())
                {
                    all++;
                    if (IsRight(answer.Name, answer.Value.ToString(), batch.Text(0, FieldNames.Intern(answer.Name)))) right++;
                }
            }
        }
        TestContext.Out.WriteLine($"{right} of {all} right ({100.0 * right / all:F1} %), {taken} of {lines} unseen lines taken ({100.0 * taken / lines:F1} %)");
        Assert.That(right, Is.GreaterThanOrEqualTo(all * 0.85));
        Assert.That(taken, Is.GreaterThanOrEqualTo(lines * 0.75));
    }

    private static bool IsRight(string field, string expected, string? found)
    {
        if (field.EndsWith(".port", StringComparison.Ordinal)) return int.TryParse(expected, out var port) && port is > 0 and <= 65_535 ? found == expected : found is null;
        if (!IPAddress.TryParse(expected, out var address) || address.Equals(IPAddress.Any)) return found is null;
        return IPAddress.TryParse(found, out var other) && other.Equals(address);
    }
}
