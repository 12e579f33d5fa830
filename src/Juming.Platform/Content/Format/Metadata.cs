using System.Globalization;
using System.Text.Json;

namespace Juming.Platform.Content.Format;

/// <summary>Keys of a role, and how many of them must sign.</summary>
internal sealed record RoleKeys(IReadOnlyList<ContentKey> Keys, int Threshold)
{
    public static RoleKeys Of(ContentKey key) => new([key], 1);

    public bool HasSameKeys(RoleKeys other) => Threshold == other.Threshold && Keys.Select(k => k.Id).Order().SequenceEqual(other.Keys.Select(k => k.Id).Order());
}

/// <summary>The root: who may sign what. Signed by keys that lie offline; the next one by its own and by those of the one before.</summary>
internal sealed record RootData(long Version, DateTimeOffset Expires, IReadOnlyDictionary<string, RoleKeys> Roles)
{
    public JsonElement ToJson() => MetadataText.Of(new
    {
        type = Format.Roles.Root,
        spec = MetadataText.Spec,
        version = Version,
        expires = MetadataText.At(Expires),
        roles = Roles.ToDictionary(r => r.Key, r => MetadataText.Of(r.Value)),
    });

    public static RootData Read(JsonElement signed)
    {
        var members = MetadataText.Begin(signed, Format.Roles.Root, out var version, out var expires);
        var roles = members.All("roles", 4).ToDictionary(r => r.Name, r => MetadataText.Keys(r.Value));
        members.End();
        if (Format.Roles.Top.Any(r => !roles.ContainsKey(r)) || roles.Count != Format.Roles.Top.Count) throw new ContentFormatException("the root must name root, targets, snapshot and timestamp, and nothing else");
        return new RootData(version, expires, roles);
    }
}

/// <summary>The newest snapshot; signed anew all the time, so that whoever is kept from news sees it.</summary>
internal sealed record TimestampData(long Version, DateTimeOffset Expires, FileMark Snapshot)
{
    public JsonElement ToJson() => MetadataText.Of(new { type = Roles.Timestamp, spec = MetadataText.Spec, version = Version, expires = MetadataText.At(Expires), snapshot = Snapshot.ToJson() });

    public static TimestampData Read(JsonElement signed)
    {
        var members = MetadataText.Begin(signed, Roles.Timestamp, out var version, out var expires);
        var snapshot = FileMark.Read(members.Object("snapshot"));
        members.End();
        return new TimestampData(version, expires, snapshot);
    }
}

/// <summary>Which version of each list belongs together.</summary>
internal sealed record SnapshotData(long Version, DateTimeOffset Expires, IReadOnlyDictionary<string, FileMark> Lists)
{
    public JsonElement ToJson() => MetadataText.Of(new { type = Roles.Snapshot, spec = MetadataText.Spec, version = Version, expires = MetadataText.At(Expires), lists = Lists.ToDictionary(l => l.Key, l => l.Value.ToJson()) });

    public static SnapshotData Read(JsonElement signed)
    {
        var members = MetadataText.Begin(signed, Roles.Snapshot, out var version, out var expires);
        var lists = members.All("lists", 16).ToDictionary(l => l.Name, l => FileMark.Read(l.Value));
        members.End();
        return new SnapshotData(version, expires, lists);
    }
}

/// <summary>Version, length and hash of a signed file.</summary>
internal sealed record FileMark(long Version, long Length, byte[] Sha256)
{
    public object ToJson() => new { version = Version, length = Length, sha256 = Convert.ToHexStringLower(Sha256) };

    public static FileMark Read(JsonElement value)
    {
        var members = new Members(value, "a mark");
        var mark = new FileMark(members.Number("version", 1, long.MaxValue), members.Number("length", 1, Limits.MostList), members.Hash("sha256"));
        members.End();
        return mark;
    }
}

/// <summary>A list of content; the top one holds none and says to whom which paths are delegated.</summary>
internal sealed record TargetsData(string Role, long Version, DateTimeOffset Expires, IReadOnlyDictionary<string, ContentTarget> Targets, IReadOnlyDictionary<string, RoleKeys> Delegations)
{
    public JsonElement ToJson() => MetadataText.Of(new
    {
        type = Roles.Targets,
        spec = MetadataText.Spec,
        role = Role,
        version = Version,
        expires = MetadataText.At(Expires),
        targets = Targets.ToDictionary(t => t.Key, t => TargetText.Write(t.Value)),
        delegations = Delegations.ToDictionary(d => d.Key, d => MetadataText.Of(d.Value)),
    });

    public static TargetsData Read(JsonElement signed)
    {
        var members = MetadataText.Begin(signed, Roles.Targets, out var version, out var expires);
        var role = members.Text("role", 80);
        var targets = members.All("targets", Limits.MostTargets).ToDictionary(t => t.Name, t => TargetText.Read(t.Name, t.Value));
        var delegations = members.All("delegations", Limits.MostDelegations).ToDictionary(d => d.Name, d => MetadataText.Keys(d.Value));
        members.End();
        if (role != Roles.Targets && delegations.Count > 0) throw new ContentFormatException("a delegated list delegates further");
        if (delegations.Keys.FirstOrDefault(d => !Roles.MayBeDelegated(d)) is { } strange) throw new ContentFormatException($"'{strange}' can't be delegated");
        if (targets.Keys.FirstOrDefault(t => !Roles.Covers(role, t)) is { } outside) throw new ContentFormatException($"'{outside}' is no path of '{role}'");
        return new TargetsData(role, version, expires, targets, delegations);
    }
}

/// <summary>A target as it stands in a list.</summary>
internal static class TargetText
{
    public static Dictionary<string, object> Write(ContentTarget target)
    {
        var members = new Dictionary<string, object> { ["length"] = target.Length, ["sha256"] = Convert.ToHexStringLower(target.Sha256), ["version"] = target.Version, ["published"] = MetadataText.At(target.PublishedAt) };
        if (target.Parts) members["parts"] = true;
        if (target.Withdrawn) members["withdrawn"] = true;
        if (target.Stage != 100) members["stage"] = target.Stage;
        if (target.Title.Length > 0) members["title"] = target.Title;
        if (target.Note.Length > 0) members["note"] = target.Note;
        return members;
    }

    public static ContentTarget Read(string path, JsonElement value)
    {
        var members = new Members(value, $"the target '{path}'");
        var target = new ContentTarget(path, members.Hash("sha256"), members.Number("length", 1, Limits.MostBlob))
        {
            Version = members.Number("version", 0, long.MaxValue),
            PublishedAt = members.Instant("published"),
            Parts = members.Flag("parts"),
            Withdrawn = members.Flag("withdrawn"),
            Stage = (int)members.NumberOr("stage", 1, 100, 100),
            Title = members.TextOr("title", 200, ""),
            Note = members.TextOr("note", 2000, ""),
        };
        members.End();
        return target;
    }
}

/// <summary>What all signed files have.</summary>
internal static class MetadataText
{
    public const int Spec = 1;

    public static Members Begin(JsonElement signed, string type, out long version, out DateTimeOffset expires)
    {
        var members = new Members(signed, "what is signed");
        if (members.Text("type", 20) is var found && found != type) throw new ContentFormatException($"it is of the role '{found}', not '{type}'");
        if (members.Number("spec", 1, int.MaxValue) != Spec) throw new ContentFormatException("it is written for a newer release of the program");
        (version, expires) = (members.Number("version", 1, long.MaxValue), members.Instant("expires"));
        return members;
    }

    public static RoleKeys Keys(JsonElement value)
    {
        var members = new Members(value, "a role");
        var keys = members.Items("keys", Limits.MostKeys).Select(k => k.ValueKind == JsonValueKind.String && ContentKey.Read(k.GetString()!) is { } key ? key : throw new ContentFormatException("a key is no key on P-256")).ToList();
        var threshold = (int)members.Number("threshold", 1, Limits.MostKeys);
        members.End();
        if (keys.DistinctBy(k => k.Id).Count() != keys.Count) throw new ContentFormatException("a role names a key twice");
        return threshold <= keys.Count ? new RoleKeys(keys, threshold) : throw new ContentFormatException("a role wants more signatures than it has keys");
    }

    public static object Of(RoleKeys role) => new { keys = role.Keys.Select(k => k.Public), threshold = role.Threshold };

    public static JsonElement Of(object value) => JsonSerializer.SerializeToElement(value);

    public static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
