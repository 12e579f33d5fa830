namespace Juming.Platform.Modules;

/// <summary>Something that must work before a host may be sent work; asked by <c>/readyz</c> and by <c>doctor</c>.</summary>
public interface IReadiness
{
    /// <summary>What is looked at, lower-case: "event-store".</summary>
    string Name { get; }

    /// <summary>Looks; returns within a second or so.</summary>
    Task<ReadinessReport> Look(CancellationToken ct);
}

/// <summary>What a look found.</summary>
/// <param name="Level">How it stands.</param>
/// <param name="Text">English sentence with figures.</param>
/// <param name="Advice">What to do, or null.</param>
public sealed record ReadinessReport(ReadinessLevel Level, string Text, string? Advice = null);

/// <summary>How something stands.</summary>
public enum ReadinessLevel
{
    /// <summary>Works.</summary>
    Good,

    /// <summary>Works, but someone should look.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Bad,
}
