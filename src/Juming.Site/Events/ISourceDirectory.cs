namespace Juming.Site.Events;

/// <summary>Tells which senders are alive; the owner is collection.</summary>
public interface ISourceDirectory
{
    /// <summary>Name of a sender for display, or its address, or "#n".</summary>
    string NameOf(int sourceId);

    /// <summary>What is remembered about a sender, for reading its stored lines again; defaults for an unknown one.</summary>
    SourceMemory MemoryOf(int sourceId);

    /// <summary>Datasets (values of <c>event.dataset</c>) that arrived within the last day, with the time of the last event of each.</summary>
    IReadOnlyDictionary<string, DateTimeOffset> LiveDatasets { get; }

    /// <summary>Addresses of the senders that people tend. Whoever merely sends is not among them: an attacker could make itself one with a single datagram.</summary>
    IReadOnlyList<string> TendedAddresses => [];
}
