using System.Globalization;
using Juming.Contracts.Indicators;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.Sets;

namespace Juming.Site.ThreatIntel.Matching;

/// <summary>Reads a field of the event at hand; null where it is absent.</summary>
internal delegate string? FieldReader(ushort field);

/// <summary>Makes of a hit what becomes an alert: who is concerned, how bad it is, and what is known of the indicator.</summary>
internal sealed class FindingMaker(IAssetDirectory assets)
{
    /// <summary>Code of a hit in an event that has just come.</summary>
    public const string Live = "intel.match";

    /// <summary>Code of a hit in stored events.</summary>
    public const string Late = "intel.found-later";

    /// <summary>How the end of an indicator is written among the facts of an alert, UTC.</summary>
    public const string UntilForm = "yyyy-MM-dd HH:mm'Z'";

    private const int LeastSure = 60;

    private static readonly HashSet<ushort> FromOutside = [Field.SourceIp, FieldNames.Intern("client.ip"), FieldNames.Intern("source.nat.ip"), FieldNames.Intern("source.domain"), FieldNames.Intern("client.domain")];
    private static readonly HashSet<ushort> ToOutside =
        [Field.DestinationIp, FieldNames.Intern("server.ip"), FieldNames.Intern("destination.nat.ip"), FieldNames.Intern("destination.domain"), FieldNames.Intern("server.domain"), FieldNames.Intern("dns.question.name"), FieldNames.Intern("dns.resolved_ip"), FieldNames.Intern("dns.answers.data"), FieldNames.Intern("tls.client.server_name")];

    private static readonly ushort MailTo = FieldNames.Intern("email.to.address");

    /// <summary>The finding of a hit.</summary>
    /// <param name="code">Live or Late.</param>
    /// <param name="hit">The indicator, and whether it is the site's own.</param>
    /// <param name="field">Field that holds the value.</param>
    /// <param name="found">The value as it stands there.</param>
    /// <param name="read">Reads other fields of the event.</param>
    public Finding Make(string code, (IndexedIndicator Indicator, bool IsOwn) hit, ushort field, string found, FieldReader read)
    {
        var (indicator, facts) = (hit.Indicator, IndicatorFacts.Of(hit.Indicator));
        var (source, destination) = (read(Field.SourceIp), read(Field.DestinationIp));
        var isAddress = indicator.Value.Kind is IndicatorKind.Address or IndicatorKind.Network;
        var calledOut = ToOutside.Contains(field) || (!FromOutside.Contains(field) && source is not null && assets.IsInternal(source));
        var attacker = isAddress ? found : null;
        var victim = calledOut ? source : destination;
        if (victim == attacker) victim = calledOut ? null : source == attacker ? null : source;
        var host = read(Field.HostName) ?? read(Field.HostHostname);
        var account = indicator.Value.Kind == IndicatorKind.Email ? read(MailTo) ?? read(Field.UserName) : read(Field.UserName);
        return new Finding(code, SeverityOf(indicator, calledOut || !isAddress), $"{indicator.Id:N}\n{AssetOf(victim ?? host ?? account)}", Facts(hit, facts, field, found))
        {
            Subject = facts.Threat.Length > 0 ? $"{indicator.Value.Value} · {facts.Threat}" : indicator.Value.Value,
            Tactics = calledOut && indicator.Value.Kind is not IndicatorKind.Email ? ["TA0011"] : [],
            Techniques = facts.Techniques,
            Attacker = attacker,
            Victim = victim,
            Host = host,
            Account = account,
        };
    }

    /// <summary>How bad a hit is: what the indicator says, one less where it is not sure; who only knocks from outside is medium at most, since the Internet knocks all day.</summary>
    private static Severity SeverityOf(in IndexedIndicator indicator, bool fromInside)
    {
        var level = Math.Clamp(indicator.Severity, 1, 4) - (indicator.Confidence < LeastSure ? 1 : 0);
        return (Severity)Math.Clamp(fromInside ? level : Math.Min(level, (int)Severity.Medium), (int)Severity.Low, (int)Severity.Critical);
    }

    private string AssetOf(string? party) => party is null ? "" : assets.Find(party) is { } asset ? asset.Id.ToString("N") : party.ToLowerInvariant();

    private static Dictionary<string, string> Facts((IndexedIndicator Indicator, bool IsOwn) hit, IndicatorFacts facts, ushort field, string found)
    {
        var indicator = hit.Indicator;
        return new(StringComparer.Ordinal)
        {
            ["indicator"] = indicator.Id.ToString(),
            ["origin"] = hit.IsOwn ? "own" : facts.FromOperator ? "operator" : "cloud",
            ["kind"] = indicator.Value.Kind.ToString(),
            ["value"] = indicator.Value.Value,
            ["found"] = found,
            ["field"] = FieldNames.Name(field),
            ["confidence"] = indicator.Confidence.ToString(CultureInfo.InvariantCulture),
            ["threat"] = facts.Threat.Length > 0 ? facts.Threat : facts.Labels.FirstOrDefault() ?? "-",
            ["labels"] = string.Join(", ", facts.Labels),
            ["sources"] = facts.Sources.ToString(CultureInfo.InvariantCulture),
            ["tlp"] = facts.Tlp.ToString(),
            ["until"] = facts.Until is { } until ? until.UtcDateTime.ToString(UntilForm, CultureInfo.InvariantCulture) : "",
        };
    }
}
