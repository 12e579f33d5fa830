using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;

namespace Juming.Site.Detection.Rules;

/// <summary>Reads our own key <c>entities</c>: which fields hold attacker, victim, host and account of a rule.</summary>
internal static class RuleEntities
{
    /// <summary>The fields a document names; none where it names none or names them wrongly.</summary>
    public static EntityFields Of(SigmaDocument document)
    {
        if (!document.Source.Contains("\nentities:", StringComparison.Ordinal)) return EntityFields.None;
        try
        {
            var entities = YamlReader.Read(document.Source).Select(d => d["entities"]).FirstOrDefault(e => e is not null);
            if (entities is null) return EntityFields.None;
            var source = document is SigmaRule rule ? rule.Logsource : new Logsource(null, null, null);
            ushort[] Fields(string key) => [.. entities.TextsOf(key).SelectMany(name => Places(name, source)).Select(n => FieldNames.Intern(n)).Where(n => n != 0).Distinct()];
            return new EntityFields(Fields("attacker"), Fields("victim"), Fields("host"), Fields("account"));
        }
        catch (SigmaRefusedException)
        {
            return EntityFields.None;
        }
    }

    private static IEnumerable<string> Places(string name, Logsource source) => FieldMap.Places(name, source, source.Product is "windows").Append(name);
}
