using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Detection.Rules.List;

/// <summary>Query string of the list of rules.</summary>
internal sealed record RuleQuery
{
    public RuleStanding? Standing { get; init; }

    [Description("Text within title, identity, file or log source"), StringLength(200)]
    public string? Text { get; init; }

    [Description("A technique such as T1110, with what is below it")]
    public string? Technique { get; init; }

    public RuleMode? Mode { get; init; }

    [Description("level (default), title, hits or cost")]
    public string? Sort { get; init; }

    [Description("Rows passed over"), Range(0, 100_000)]
    public int? Skip { get; init; }

    [Description("Rows of the page, 50 by default"), Range(1, 500)]
    public int? Take { get; init; }

    public ListRules ToRequest() => new() { Standing = Standing, Text = Text, Technique = Technique, Mode = Mode, Sort = Sort ?? "level", Skip = Skip ?? 0, Take = Take ?? 50 };
}
