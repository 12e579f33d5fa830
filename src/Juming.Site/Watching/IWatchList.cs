using System.Text.Json.Serialization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Watching;

/// <summary>Keeps values that people want to be told apart wherever they turn up.</summary>
public interface IWatchList
{
    /// <summary>The entry that watches an address, host name or account, the one that lasts longest; null when none does. Answers from memory.</summary>
    WatchedValue? Find(string? value);

    /// <summary>All values that are watched at present. Answers from memory once it was read.</summary>
    ValueTask<IReadOnlyList<WatchedValue>> All(CancellationToken ct);

    /// <summary>A value as it is stored; null when it is none of that kind.</summary>
    string? Read(WatchKind kind, string text);

    /// <summary>Watches a value. The same key again changes nothing and answers the same entry.</summary>
    Task<Result<Guid>> Add(WatchWish wish, Actor by, CancellationToken ct);

    /// <summary>The entry that a key made; null when it made none.</summary>
    Task<WatchStanding?> Look(string key, CancellationToken ct);

    /// <summary>Ends the entry that a key made; nothing happens when it has ended.</summary>
    Task<Result<Done>> End(string key, Actor by, CancellationToken ct);

    /// <summary>Ends all entries of exactly this value. The key remembers which, so that <see cref="Resume"/> gives them back.</summary>
    Task<Result<int>> EndAll(WatchKind kind, string value, string key, Actor by, CancellationToken ct);

    /// <summary>Gives back the entries that a key ended and whose own end still lies ahead.</summary>
    Task<Result<int>> Resume(string key, Actor by, CancellationToken ct);
}

/// <summary>What a watched value is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum WatchKind
{
    /// <summary>IP address or network.</summary>
    Address,

    /// <summary>Host or domain name.</summary>
    Host,

    /// <summary>Account.</summary>
    Account,
}

/// <summary>A wish to watch a value.</summary>
public sealed record WatchWish
{
    /// <summary>Key of the effect, at most 100 characters; empty for a person's wish.</summary>
    public string Key { get; init; } = "";

    /// <summary>What it is.</summary>
    public required WatchKind Kind { get; init; }

    /// <summary>The value.</summary>
    public required string Value { get; init; }

    /// <summary>Why, one line.</summary>
    public required string Reason { get; init; }

    /// <summary>Short number of the incident; empty for none.</summary>
    public string Incident { get; init; } = "";

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What watches a value.</summary>
public sealed record WatchedValue(Guid Id, WatchKind Kind, string Value, string Reason, DateTimeOffset? Until);

/// <summary>How an entry stands.</summary>
public sealed record WatchStanding(Guid Id, string Value, bool Lasts, DateTimeOffset? Until);
