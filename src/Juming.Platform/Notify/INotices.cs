namespace Juming.Platform.Notify;

/// <summary>Takes what people must hear about; rules decide who hears it where, now, later in a digest, or not at all.</summary>
public interface INotices
{
    /// <summary>Hands over a notice. Durable when it returns; delivery follows.</summary>
    Task Post(Notice notice, CancellationToken ct);
}

/// <summary>How much a notice presses.</summary>
public enum NoticeWeight
{
    /// <summary>Good to know.</summary>
    Information,

    /// <summary>Look at it today.</summary>
    Warning,

    /// <summary>Look at it now.</summary>
    Urgent,

    /// <summary>Someone must act; quiet hours do not hold it back.</summary>
    Critical,
}

/// <summary>Something that people must hear about, as a code and arguments; texts are made in the reader's language.</summary>
public sealed record Notice
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Stable code of its kind, "approvals.asked": rules choose by it, and resources hold its texts.</summary>
    public required string Code { get; init; }

    /// <summary>How much it presses.</summary>
    public required NoticeWeight Weight { get; init; }

    /// <summary>Values of the text's places that may be shown anywhere: numbers of incidents, counts, levels.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>Values that stay in the network, such as addresses, hosts and users: channels outside get them masked.</summary>
    public IReadOnlyDictionary<string, string> Private { get; init; } = new Dictionary<string, string>();

    /// <summary>Path of the page that tells more, from the root; null for none.</summary>
    public string? Path { get; init; }

    /// <summary>A notice with the same key within ten minutes goes to nobody twice; null never repeats another.</summary>
    public string? SameAs { get; init; }

    /// <summary>People it is for, by identity; empty when rules alone decide.</summary>
    public IReadOnlyList<Guid> People { get; init; } = [];

    /// <summary>It goes out on this channel alone, whatever rules say, and never in a summary; null where rules decide.</summary>
    public Guid? Channel { get; init; }

    /// <summary>What people may answer by a button of the message itself, where a channel has buttons; null when there is nothing to answer.</summary>
    public NoticeQuestion? Question { get; init; }

    /// <summary>One-time path for each of these people, from the root; only they get theirs, and no log holds one.</summary>
    public IReadOnlyDictionary<Guid, string> OneTimePaths { get; init; } = new Dictionary<Guid, string>();
}
