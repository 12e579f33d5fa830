namespace Juming.Platform.Content;

/// <summary>A piece of content that a signed list names.</summary>
/// <param name="Path">Its place, "rules/web-attacks/3"; below "operators/ID/" for one of an operator's own.</param>
/// <param name="Sha256">SHA-256, 32 bytes.</param>
/// <param name="Length">Bytes.</param>
public sealed record ContentTarget(string Path, byte[] Sha256, long Length)
{
    /// <summary>It is a list of further parts (<see cref="ContentParts"/>).</summary>
    public bool Parts { get; init; }

    /// <summary>Share of sites that shall take it, 1 to 100.</summary>
    public int Stage { get; init; } = 100;

    /// <summary>It was taken back.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>Number of its line, such as the version of a pack or the last change of a list of indicators.</summary>
    public long Version { get; init; }

    /// <summary>What it is called.</summary>
    public string Title { get; init; } = "";

    /// <summary>What is new in it.</summary>
    public string Note { get; init; } = "";

    /// <summary>When it was published.</summary>
    public DateTimeOffset PublishedAt { get; init; }
}

/// <summary>A part of a piece of content.</summary>
/// <param name="Name">What whoever uses it goes by.</param>
/// <param name="Sha256">SHA-256, 32 bytes.</param>
/// <param name="Length">Bytes.</param>
public sealed record ContentPart(string Name, byte[] Sha256, long Length);
