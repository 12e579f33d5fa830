namespace Juming.Platform.Content;

/// <summary>What this host has of the signed content, for those who use it.</summary>
public interface IContent
{
    /// <summary>Random identity of this host that never changes: decides in which part of a stage it is, and names an operator's own delegation.</summary>
    Task<Guid> Self(CancellationToken ct);

    /// <summary>Everything that the lists in force name, by path.</summary>
    IReadOnlyList<ContentTarget> Targets { get; }

    /// <summary>Has those who take content look at it again, such as after somebody agreed to it.</summary>
    void LookAgain();

    /// <summary>The bytes of a piece that the lists name, from here or from the host above; checked.</summary>
    /// <exception cref="Handlers.RefusalException">It can't be had.</exception>
    Task<byte[]> Get(byte[] sha256, long length, CancellationToken ct);
}

/// <summary>
/// Takes content into use. Called after each change of the lists, at start, and when somebody asks to look again; may be called twice with the same and must do its effect once.
/// Whatever it throws is written down, and it is called again later.
/// </summary>
public interface IContentTaker
{
    /// <summary>Takes what is new.</summary>
    Task Take(IContent content, CancellationToken ct);
}

/// <summary>Publishes content under the keys of this host: at the cloud under all of its delegations, at an operator under its own alone.</summary>
public interface IContentPublisher
{
    /// <summary>What comes before the kind in paths of this host: empty at the cloud, "operators/ID/" at an operator.</summary>
    Task<string> Prefix(CancellationToken ct);

    /// <summary>Puts bytes where those below fetch them. They count once a list names them.</summary>
    Task<ContentPart> Keep(string name, ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Changes the list of a kind and signs it; those below are told at once.</summary>
    /// <param name="kind">Which (<see cref="ContentKinds"/>).</param>
    /// <param name="change">Changes the targets of this kind, by path.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="Handlers.RefusalException">A path is none, or nothing is delegated to this operator yet.</exception>
    Task Publish(string kind, Action<IDictionary<string, ContentTarget>> change, CancellationToken ct);

    /// <summary>What this host publishes, of a kind.</summary>
    Task<IReadOnlyList<ContentTarget>> Published(string kind, CancellationToken ct);
}
