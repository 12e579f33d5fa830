namespace Juming.Platform.Notify.Delivery;

/// <summary>Wakes the courier when there is something new.</summary>
internal sealed class Wake
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    /// <summary>There is something.</summary>
    public void Up()
    {
        try
        {
            if (_signal.CurrentCount == 0) _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two at once; one signal is enough.
            return;
        }
    }

    /// <summary>Waits for a signal, at most so long.</summary>
    public Task Wait(TimeSpan most, CancellationToken ct) => _signal.WaitAsync(most, ct);
}

/// <summary>How far a message is.</summary>
internal enum DeliveryState
{
    /// <summary>To be sent when it is due.</summary>
    Waiting,

    /// <summary>On its way; after a crash nobody knows whether it arrived, and it is sent again under the same name.</summary>
    Sending,

    /// <summary>The other side took it.</summary>
    Sent,

    /// <summary>A summary carried it.</summary>
    Digested,

    /// <summary>Somebody acknowledged before it was due.</summary>
    Spared,

    /// <summary>Given up.</summary>
    Dead,
}
