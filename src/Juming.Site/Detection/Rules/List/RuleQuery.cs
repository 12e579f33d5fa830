using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Detection.Rules.List;

/// <summary>Query string of the list of rules.</summary>
internal sealed record RuleQuery(
    RuleStanding? Standing,
    [property: Description("Text within title, identity, file or log source"), StringLength(200)] string? Text,
    [property: Description("A technique such as T1110, with what is below it")] string? Technique,
    RuleMode? Mode,
    [property: Description("level (default), title, hits or cost")] string? Sort,
    [property: Description("Rows passed over"), Range(0, 100_000)] int? Skip,
    [property: Description("Rows of the page, 50 by default"), Range(1, 500)] int? Take)
{
    public ListRules ToRequest() => new() { Standing = Standing, Text = Text, Technique = Technique, Mode = Mode, Sort = Sort ?? "level", Skip = Skip ?? 0, Take = Take ?? 50 };
}
