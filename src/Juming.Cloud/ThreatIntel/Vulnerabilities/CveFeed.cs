using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Contracts.Indicators;
using Juming.Contracts.Vulnerabilities;

namespace Juming.Cloud.ThreatIntel.Vulnerabilities;

/// <summary>
/// Reads records of the CVE programme (CVE JSON 5): one, a list of them, or a zip with a file for each, as its deltas are. What authorities that add to a record say (such as CISA with names
/// of products) counts beside what its author says.
/// </summary>
internal static class CveFeed
{
    private const int MostFiles = 600_000;
    private const int MostRecord = 8 << 20;
    private static readonly string[] Metrics = ["cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"];

    /// <summary>Reads it.</summary>
    /// <param name="content">The file, at its beginning; can be sought.</param>
    /// <param name="into">Counts entries and takes what is none.</param>
    /// <param name="mostBytes">Bytes that a zip may unpack to.</param>
    /// <exception cref="FeedFailedException">It is no such file, or unpacks to more.</exception>
    public static List<VulnerabilityEntry> Read(Stream content, FeedIntake into, long mostBytes)
    {
        var found = new Dictionary<string, VulnerabilityEntry>(StringComparer.Ordinal);
        if (IsZip(content))
        {
            foreach (var record in Files(content, mostBytes)) using (record) Take(record.RootElement, into, found);
            return [.. found.Values];
        }
        using var document = FeedJson.Parse(content);
        if (document.RootElement.ValueKind == JsonValueKind.Array) foreach (var record in document.RootElement.EnumerateArray()) Take(record, into, found);
        else if (document.RootElement.TryObject("cveMetadata", out _)) Take(document.RootElement, into, found);
        else throw new FeedFailedException("unreadable", "it is no CVE record ('cveMetadata'), no list of them and no zip");
        return [.. found.Values];
    }

    private static void Take(JsonElement record, FeedIntake into, Dictionary<string, VulnerabilityEntry> found)
    {
        if (!record.TryObject("cveMetadata", out var about) || CveId.Of(about.String("cveId")) is not { } id || CveId.BucketOf(id) == 0) into.Refuse(record.TryObject("cveMetadata", out var named) ? named.String("cveId") ?? "?" : "?", IndicatorProblem.Unreadable);
        // One that was taken back says nothing any more; its products go with it.
        else if (about.String("state") is "REJECTED") into.Count(found[id] = new VulnerabilityEntry(id, "", 0, null, []));
        else into.Count(found[id] = Entry(id, about, record));
    }

    private static VulnerabilityEntry Entry(string id, JsonElement about, JsonElement record)
    {
        List<JsonElement> says = [];
        if (record.TryObject("containers", out var containers))
        {
            if (containers.TryObject("cna", out var author)) says.Add(author);
            says.AddRange(containers.List("adp"));
        }
        var ranges = says.SelectMany(c => c.List("affected")).SelectMany(Ranges).Distinct().Take(VulnerabilityParcel.MostRanges).ToList();
        return new VulnerabilityEntry(id, VulnerabilityFeeds.Summary(says.SelectMany(c => c.List("descriptions"))), says.Select(Score).FirstOrDefault(s => s > 0), VulnerabilityFeeds.DayOf(about.String("datePublished")), ranges);
    }

    private static IEnumerable<AffectedRange> Ranges(JsonElement affected)
    {
        var names = Names(affected).Distinct().Take(10).ToList();
        if (names.Count == 0) yield break;
        foreach (var range in Versions(affected))
            foreach (var (part, vendor, product) in names) yield return range with { Part = part, Vendor = vendor, Product = product };
    }

    /// <summary>Names of products as they are compared: those of the enumeration where the record has some, else the author's own words, written as the enumeration would.</summary>
    private static IEnumerable<(char Part, string Vendor, string Product)> Names(JsonElement affected)
    {
        var named = affected.List("cpes").Take(50).Select(c => c.ValueKind == JsonValueKind.String ? CpeName.Parse(c.GetString()) : null).Where(n => n is { Product: not ("*" or "-") }).Select(n => (n!.Part, n.Vendor, n.Product)).ToList();
        if (named.Count > 0) return named;
        return Word(affected.String("vendor")) is { } vendor && Word(affected.String("product")) is { } product ? [('*', vendor, product)] : [];
    }

    private static string? Word(string? text)
    {
        var word = VulnerabilityFeeds.Line(text, 100).ToLowerInvariant().Replace(' ', '_');
        return word is "" or "n/a" or "*" or "-" or "unknown" or "unspecified" ? null : word;
    }

    /// <summary>What a record says of versions, of no product yet.</summary>
    private static IEnumerable<AffectedRange> Versions(JsonElement affected)
    {
        // Commits have no order that a version of an asset could be held against.
        var versions = affected.List("versions").Where(v => v.String("versionType") is not "git").ToList();
        return affected.String("defaultStatus") is "affected" ? Between(RangesOf(versions, "unaffected")) : RangesOf(versions, "affected");
    }

    /// <summary>All but what is named.</summary>
    private static IEnumerable<AffectedRange> Between(IEnumerable<AffectedRange> spared)
    {
        var ordered = spared.Select(r => r.Version == "*" ? r : Range(r.Version, r.Version, false)).ToList();
        ordered.Sort((a, b) => a.From.Length == 0 || b.From.Length == 0 ? a.From.Length.CompareTo(b.From.Length) : VersionOrder.Compare(a.From, b.From));
        var (from, fromExcluded) = ("", false);
        foreach (var one in ordered)
        {
            if (one.From.Length > 0 && (from.Length == 0 || VersionOrder.Compare(from, one.From) < 0)) yield return Range(from, one.From, true) with { FromExcluded = fromExcluded };
            if (one.To.Length == 0) yield break;
            if (from.Length == 0 || VersionOrder.Compare(from, one.To) <= 0) (from, fromExcluded) = (one.To, !one.ToExcluded);
        }
        yield return Range(from, "", false) with { FromExcluded = fromExcluded };
    }

    private static IEnumerable<AffectedRange> RangesOf(IEnumerable<JsonElement> versions, string status) => versions.Where(v => v.String("status") == status).Select(RangeOf).OfType<AffectedRange>();

    private static AffectedRange? RangeOf(JsonElement one)
    {
        var version = VulnerabilityFeeds.Line(one.String("version"), 100);
        if (version is "n/a" or "unspecified" or "unknown" or "") return null;
        var excluded = one.String("lessThan") is { Length: > 0 };
        var to = VulnerabilityFeeds.Line(excluded ? one.String("lessThan") : one.String("lessThanOrEqual"), 100);
        if (to.Length == 0) return version == "*" ? Range("", "", false) : AfterAll(version) is { } after ? Range(version[..^2], after, true) : Range("", "", false) with { Version = version };
        // Within a range a version can be named from which on it is mended.
        if (one.List("changes").FirstOrDefault(c => c.String("status") is "unaffected" && c.String("at") is { Length: > 0 }) is { ValueKind: JsonValueKind.Object } mended) (to, excluded) = (VulnerabilityFeeds.Line(mended.String("at"), 100), true);
        if (!excluded && AfterAll(to) is { } next) (to, excluded) = (next, true);
        return Range(version is "0" or "*" ? "" : version, to == "*" ? "" : to, to != "*" && excluded);
    }

    /// <summary>The first version after all of a branch: 2.2 for 2.1.*; null for what is no branch.</summary>
    private static string? AfterAll(string branch)
    {
        if (!branch.EndsWith(".*", StringComparison.Ordinal)) return null;
        var stem = branch[..^2];
        var last = stem.LastIndexOf('.') + 1;
        return int.TryParse(stem.AsSpan(last), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{stem[..last]}{number + 1}") : null;
    }

    private static AffectedRange Range(string from, string to, bool toExcluded) => new('*', "", "", "*", from, false, to, toExcluded, false);

    private static int Score(JsonElement container)
    {
        foreach (var name in Metrics)
            foreach (var metric in container.List("metrics"))
                if (metric.TryObject(name, out var data) && VulnerabilityFeeds.ScoreOf(data) is > 0 and var score) return score;
        return 0;
    }

    private static bool IsZip(Stream content)
    {
        Span<byte> head = stackalloc byte[4];
        var count = content.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        content.Position = 0;
        return count == 4 && BinaryPrimitives.ReadUInt32LittleEndian(head) is 0x04034B50 or 0x06054B50;
    }

    private static IEnumerable<JsonDocument> Files(Stream content, long mostBytes)
    {
        CheckCount(content);
        using var zip = Open(content);
        var (buffer, left) = (new byte[1 << 16], mostBytes);
        foreach (var entry in zip.Entries)
        {
            var name = Path.GetFileNameWithoutExtension(entry.Name);
            if (!entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || CveId.Of(name) is null) continue;
            yield return Record(entry, ref buffer, ref left);
        }
    }

    private static JsonDocument Record(ZipArchiveEntry entry, ref byte[] buffer, ref long left)
    {
        try
        {
            using var stream = entry.Open();
            var length = 0;
            while (stream.Read(buffer, length, buffer.Length - length) is var read and > 0)
            {
                length += read;
                if ((left -= read) < 0) throw new FeedFailedException("too-large", "unpacked it is more than is taken");
                if (length < buffer.Length) continue;
                if (buffer.Length >= MostRecord) throw new FeedFailedException("unreadable", $"{entry.Name} has more than {MostRecord >> 20} MB");
                Array.Resize(ref buffer, buffer.Length * 2);
            }
            return JsonDocument.Parse(buffer.AsMemory(0, length).ToArray(), FeedJson.Options);
        }
        catch (JsonException e)
        {
            throw new FeedFailedException("unreadable", $"{entry.Name} is no JSON: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new FeedFailedException("unreadable", "the packed content is damaged", e);
        }
    }

    private static ZipArchive Open(Stream content)
    {
        try
        {
            var zip = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
            _ = zip.Entries.Count;
            return zip;
        }
        catch (InvalidDataException e)
        {
            throw new FeedFailedException("unreadable", "the packed content is damaged", e);
        }
    }

    /// <summary>The platform's reader keeps the whole directory of a zip in memory, whatever the zip says that it has: its entries are counted first.</summary>
    private static void CheckCount(Stream content)
    {
        ReadOnlySpan<byte> mark = [0x50, 0x4B, 0x01, 0x02];
        var part = new byte[1 << 20];
        var (kept, count) = (0, 0);
        while (content.Read(part, kept, part.Length - kept) is var read and > 0)
        {
            var seen = part.AsSpan(0, kept + read);
            for (var at = seen.IndexOf(mark); at >= 0; at = seen.IndexOf(mark))
            {
                if (++count > MostFiles) throw new FeedFailedException("too-many", $"the zip has more than {MostFiles.ToString("N0", CultureInfo.InvariantCulture)} files");
                seen = seen[(at + mark.Length)..];
            }
            kept = Math.Min(3, seen.Length);
            seen[^kept..].CopyTo(part);
        }
        content.Position = 0;
    }
}
