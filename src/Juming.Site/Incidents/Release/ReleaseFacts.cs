using System.Globalization;
using System.Net;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Data;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Release;

/// <summary>What of an incident a person may release, found anew each time from what is stored. What is not here can't be chosen, whoever asks.</summary>
internal sealed class ReleaseFacts(IncidentsDb db, IAlertDirectory alerts, IAssetDirectory assets, IEnumerable<IKnownDomains> known)
{
    private const int MostAlerts = 2000;
    private const int MostAddresses = 100;
    private const int MostOthers = 50;

    /// <summary>Values of an incident, of each kind those that may leave first.</summary>
    public async Task<ReleaseOffer> Of(Incident incident, CancellationToken ct)
    {
        var id = incident.Id;
        var members = await db.Members.AsNoTracking().Where(m => m.IncidentId == id && m.Standing == Standing.Kept).OrderBy(m => m.FirstAt).ThenBy(m => m.AlertId).Take(MostAlerts).ToListAsync(ct);
        var matched = (await alerts.Read([.. members.Select(m => m.AlertId)], ct)).Select(a => a.Matched).ToList();
        var values = new List<ReleaseValue>();
        values.AddRange(members.Select(m => m.Attacker).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Select(Address).OrderBy(v => v.Stays is not null).Take(MostAddresses));
        values.AddRange(matched.SelectMany(DomainsOf).Distinct().Select(Domain).OrderBy(v => v.Stays is not null).Take(MostOthers));
        values.AddRange(matched.SelectMany(HashesOf).Distinct().Take(MostOthers).Select(h => new ReleaseValue(ReleaseKind.FileHash, h, null)));
        values.AddRange(members.SelectMany(m => m.Techniques.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().Take(MostOthers).Select(t => new ReleaseValue(ReleaseKind.Technique, t, null)));
        return new ReleaseOffer(incident, values, Figures(members));
    }

    /// <summary>The message of what was chosen.</summary>
    public static IncidentRelease Message(ReleaseOffer offer, IReadOnlyCollection<string> chosen, bool figures, DateTimeOffset now)
    {
        var message = new IncidentRelease { Incident = ByteString.CopyFrom(offer.Incident.Id.ToByteArray(bigEndian: true)), ReleasedAt = PlainStatements.Micros(now) };
        foreach (var value in offer.Values.Where(v => v.Stays is null && chosen.Contains(v.Id)))
            switch (value.Kind)
            {
                case ReleaseKind.Attacker: message.Attackers.Add(ByteString.CopyFrom(AddressRules.Plain(IPAddress.Parse(value.Text)).GetAddressBytes())); break;
                case ReleaseKind.Domain: message.Domains.Add(value.Text); break;
                case ReleaseKind.FileHash: message.FileHashes.Add(ByteString.CopyFrom(Convert.FromHexString(value.Text))); break;
                default: message.Techniques.Add(value.Text); break;
            }
        if (figures) (message.Hosts, message.Accounts, message.Matches, message.FirstAt, message.LastAt) = (offer.Figures.Hosts, offer.Figures.Accounts, offer.Figures.Matches, PlainStatements.Micros(offer.Figures.FirstAt), PlainStatements.Micros(offer.Figures.LastAt));
        return message;
    }

    private ReleaseValue Address(string text)
    {
        if (!IPAddress.TryParse(text, out var parsed)) return new ReleaseValue(ReleaseKind.Attacker, text, "name");
        var address = AddressRules.Plain(parsed);
        var own = assets.IsInternal(address.ToString()) || assets.Find(address.ToString()) is not null;
        return new ReleaseValue(ReleaseKind.Attacker, address.ToString(), own ? "own" : AddressRules.IsPublic(address) ? null : "not-public");
    }

    private ReleaseValue Domain(string name) => new(ReleaseKind.Domain, name, known.Any(k => k.IsKnown(name)) ? null : "unknown");

    private static IEnumerable<string> DomainsOf(IReadOnlyDictionary<string, string> matched)
    {
        if (matched.GetValueOrDefault("kind") == "Domain" && matched.GetValueOrDefault("value") is { Length: > 0 and <= 253 } value) yield return value;
    }

    private static IEnumerable<string> HashesOf(IReadOnlyDictionary<string, string> matched)
    {
        foreach (var (name, value) in matched)
            if ((name.Contains(".hash.", StringComparison.Ordinal) || (name == "value" && matched.GetValueOrDefault("kind") is "Md5" or "Sha1" or "Sha256")) && IsHash(value)) yield return value.ToLowerInvariant();
    }

    private static bool IsHash(string text) => text.Length is 32 or 40 or 64 && text.All(char.IsAsciiHexDigit);

    private static ReleaseFigures Figures(List<MemberRow> members) => new(
        (uint)members.SelectMany(m => new[] { m.Victim, m.Host }).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Count(), (uint)members.Select(m => m.Account).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Count(),
        (ulong)members.Sum(m => m.Matches), members.Count == 0 ? DateTimeOffset.UnixEpoch : members.Min(m => m.FirstAt), members.Count == 0 ? DateTimeOffset.UnixEpoch : members.Max(m => m.LastAt));
}

/// <summary>What of an incident may be released.</summary>
internal sealed record ReleaseOffer(Incident Incident, IReadOnlyList<ReleaseValue> Values, ReleaseFigures Figures);

/// <summary>A value.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The value.</param>
/// <param name="Stays">Why it can't leave: "name", "own", "not-public", "unknown"; null when it may.</param>
internal sealed record ReleaseValue(ReleaseKind Kind, string Text, string? Stays)
{
    /// <summary>By which it is chosen.</summary>
    public string Id => Kind.ToString() + ":" + Text;
}

/// <summary>Counts and times.</summary>
internal sealed record ReleaseFigures(uint Hosts, uint Accounts, ulong Matches, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>What a value is.</summary>
internal enum ReleaseKind
{
    /// <summary>Address of whoever attacks.</summary>
    Attacker,

    /// <summary>Domain that an indicator from above names.</summary>
    Domain,

    /// <summary>Hash of a file.</summary>
    FileHash,

    /// <summary>Technique of ATT&amp;CK.</summary>
    Technique,
}
