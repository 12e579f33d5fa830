namespace Juming.Testing.Blocking;

/// <summary>The machine's clock, put forward by a test.</summary>
public sealed class MovableClock : TimeProvider
{
    /// <summary>How far it is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
