namespace Juming.Site.Response.Canvas;

/// <summary>Something that a person did on a canvas.</summary>
internal abstract record FlowAct
{
    /// <summary>Looks at a step; null for none.</summary>
    public sealed record Choose(string? Step) : FlowAct;

    /// <summary>Put steps somewhere.</summary>
    public sealed record Arrange(IReadOnlyDictionary<string, StepPlace> Places) : FlowAct;

    /// <summary>Made a way lead to a step.</summary>
    public sealed record Link(string From, string Way, string To) : FlowAct;

    /// <summary>Dropped a step from the palette, maybe on a link; the others stand where they were seen.</summary>
    public sealed record Drop(string Kind, StepPlace Place, string? From, string Way, IReadOnlyDictionary<string, StepPlace> Others) : FlowAct;

    /// <summary>Took steps and links away.</summary>
    public sealed record Remove(IReadOnlyList<string> Steps, IReadOnlyList<(string From, string Way)> Links) : FlowAct;

    public sealed record Copy(IReadOnlyList<string> Steps) : FlowAct;

    public sealed record Paste(StepPlace Place, IReadOnlyDictionary<string, StepPlace> Others) : FlowAct;

    public sealed record TakeBack : FlowAct;

    public sealed record DoAgain : FlowAct;
}
