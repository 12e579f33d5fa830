namespace Juming.Platform.Tests.Links.Simulation;

/// <summary>A node's clocks: one that only goes on, and a wall clock that people and virtual machines put wherever they like.</summary>
internal sealed class SimClock(SimWorld world) : TimeProvider
{
    /// <summary>How far the wall clock is off.</summary>
    public TimeSpan Jump { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => world.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000) + world.Now + Jump;
}
