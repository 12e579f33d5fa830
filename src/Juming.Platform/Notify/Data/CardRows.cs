namespace Juming.Platform.Notify.Data;

/// <summary>A message with buttons that a person has, and what is to be shown on it.</summary>
internal sealed class CardRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The message, by whose name the messenger tells of presses.</summary>
    public required Guid DeliveryId { get; init; }

    /// <summary>What it tells; empty for the test of a channel.</summary>
    public required Guid NoticeId { get; init; }
    public required Guid ChannelId { get; init; }

    /// <summary>Who has it, by the messenger's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>Allows one change; came when it was sent.</summary>
    public string? SentCode { get; set; }

    /// <summary>Allows one change; came with the last press.</summary>
    public string? PressedCode { get; set; }

    /// <summary>JSON of what this person is to read on it; null for nothing new.</summary>
    public string? Words { get; set; }
    public int Attempts { get; set; }
    public required DateTimeOffset MadeAt { get; init; }
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Nothing is shown on it any more.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Code of why the last change did not come about.</summary>
    public string? Failure { get; set; }

    /// <summary>What the other side said; attacker-controlled.</summary>
    public string? Detail { get; set; }
}

/// <summary>A press that was taken: messengers tell of one several times.</summary>
internal sealed class PressRow
{
    public required string Key { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>A code that was sent to a messenger account, so that its owner shows that it is theirs.</summary>
internal sealed class ProofRow
{
    public required Guid PersonId { get; init; }
    public required string Address { get; set; }
    public required string Hash { get; set; }
    public int Tries { get; set; }
    public required DateTimeOffset Until { get; set; }
}
