using Juming.Platform.Handlers;

namespace Juming.Site.Events;

/// <summary>Takes events as evidence. The module that keeps incidents stands behind it, where there is one.</summary>
public interface IEvidenceDesk
{
    /// <summary>Permission that a person needs to put evidence to an incident.</summary>
    string Permission { get; }

    /// <summary>Open incidents, the most urgent first.</summary>
    Task<Result<IReadOnlyList<OpenCase>>> OpenCases(CancellationToken ct);

    /// <summary>Puts an event to an incident, as the person who asks.</summary>
    Task<Result<Guid>> Keep(Guid incident, Guid eventId, string note, CancellationToken ct);
}

/// <summary>An open incident as a choice: "INC-2026-0012" and its title in the reader's language.</summary>
public sealed record OpenCase(Guid Id, string Number, string Title);
