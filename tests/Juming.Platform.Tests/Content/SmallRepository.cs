using System.Security.Cryptography;
using Juming.Platform.Content;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Trust;

namespace Juming.Platform.Tests.Content;

/// <summary>A repository in memory, made with keys that a test holds, so that it can make what an attacker would.</summary>
internal sealed class SmallRepository
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    public Dictionary<string, ECDsa> Keys { get; } = new[] { "root", "root2", "targets", "snapshot", "timestamp", "rules", "intel", "operator", "stranger" }.ToDictionary(r => r, _ => ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static readonly Guid Operator = Guid.Parse("0196f0a0-0000-7000-8000-00000000000a");

    public string OperatorRole => Roles.Of(Operator);

    public RoleKeys Of(string name) => RoleKeys.Of(ContentKey.Of(Keys[name]));

    public byte[] Root(long version = 1, RoleKeys? root = null, string timestamp = "timestamp", DateTimeOffset? expires = null, params string[] signers) => SignedFile.Write(
        new RootData(version, expires ?? Noon.AddYears(1), new Dictionary<string, RoleKeys> { ["root"] = root ?? Of("root"), ["targets"] = Of("targets"), ["snapshot"] = Of("snapshot"), ["timestamp"] = Of(timestamp) }).ToJson(),
        (signers.Length == 0 ? ["root"] : signers).Select(s => Keys[s]));

    public byte[] List(string role, long version = 1, string? signer = null, DateTimeOffset? expires = null, params ContentTarget[] targets) => SignedFile.Write(
        new TargetsData(role, version, expires ?? Noon.AddDays(90), targets.ToDictionary(t => t.Path), role == "targets" ? new Dictionary<string, RoleKeys> { ["rules"] = Of("rules"), ["intel"] = Of("intel"), [OperatorRole] = Of("operator") } : new Dictionary<string, RoleKeys>()).ToJson(),
        [Keys[signer ?? (Roles.IsOwn(role) ? "operator" : role)]]);

    public byte[] Snapshot(long version, IEnumerable<(string Role, long Version, byte[] Bytes)> lists, string signer = "snapshot") =>
        SignedFile.Write(new SnapshotData(version, Noon.AddDays(30), lists.ToDictionary(l => l.Role, l => Mark(l.Version, l.Bytes))).ToJson(), [Keys[signer]]);

    public byte[] Timestamp(long version, long snapshotVersion, byte[] snapshot, DateTimeOffset? expires = null, string signer = "timestamp") =>
        SignedFile.Write(new TimestampData(version, expires ?? Noon.AddHours(24), Mark(snapshotVersion, snapshot)).ToJson(), [Keys[signer]]);

    public static FileMark Mark(long version, byte[] bytes) => new(version, bytes.Length, SHA256.HashData(bytes));

    public static ContentTarget Target(string path, string text = "x") => new(path, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)), 1) { PublishedAt = Noon };

    /// <summary>Everything of one day.</summary>
    public Edition Publish(long version, DateTimeOffset? expires = null, params ContentTarget[] rules)
    {
        var lists = new[] { ("targets", 1L, List("targets")), ("rules", version, List("rules", version, targets: rules)), ("intel", 1L, _intel ??= List("intel")) };
        lists[0].Item3 = _top ??= lists[0].Item3;
        var snapshot = Snapshot(version, lists);
        return new Edition(Timestamp(version, version, snapshot, expires), snapshot, lists.ToDictionary(l => l.Item1, l => l.Item3));
    }

    private byte[]? _top, _intel;

    public sealed record Edition(byte[] Timestamp, byte[] Snapshot, Dictionary<string, byte[]> Lists)
    {
        public void Into(TrustedMetadata trusted, DateTimeOffset now)
        {
            trusted.TakeTimestamp(Timestamp, now);
            trusted.TakeSnapshot(Snapshot, now);
            while (trusted.MissingLists() is [var (role, _), ..]) trusted.TakeList(role, Lists[role], now);
        }
    }
}
