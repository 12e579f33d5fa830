namespace Juming.Testing;

/// <summary>The machine's clock, moved by hand; timers keep to the machine's.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long _shift;

    /// <summary>How far it is moved.</summary>
    public TimeSpan Shift
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _shift));
        set => Interlocked.Exchange(ref _shift, value.Ticks);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}
