using Juming.Site.Events;

namespace Juming.Site.Detection.Rules.Draft;

/// <summary>Takes the log search's queries to the editor.</summary>
internal sealed class RuleDesk : IRuleDesk
{
    public string Permission => DetectionWrite.Code;

    public string AddressFor(string query) => "/rules/edit?query=" + Uri.EscapeDataString(query);
}
