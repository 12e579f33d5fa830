using Juming.Platform.Handlers;

namespace Juming.Site.Incidents;

/// <summary>Every refusal of incidents.</summary>
internal static class IncidentErrors
{
    public static readonly Error NoSuchIncident = new(ErrorKind.NotFound, "incidents.no-such-incident", "There is no incident with this identity or number.");
    public static readonly Error NoSuchMove = new(ErrorKind.NotFound, "incidents.no-such-move", "There is no merge or split with this identity.");
    public static readonly Error NoSuchEvidence = new(ErrorKind.NotFound, "incidents.no-such-evidence", "This piece of evidence is not part of the incident.");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "incidents.changed-meanwhile", "{by} changed this incident at {at}; look at both versions, then decide.");
    public static readonly Error AlreadyMerged = new(ErrorKind.Conflict, "incidents.already-merged", "This incident is part of {number}; work there, or undo the merge first.");
    public static readonly Error StateNotReachable = new(ErrorKind.Conflict, "incidents.state-not-reachable", "An incident can't go from {from} to {to}.");
    public static readonly Error ReopenNeedsReason = new(ErrorKind.Invalid, "incidents.reopen-needs-reason", "Say why the work begins again.", Field: "Reason");
    public static readonly Error VerdictNeeded = new(ErrorKind.Invalid, "incidents.verdict-needed", "Give a verdict with its reason first.", Field: "Verdict");
    public static readonly Error ReasonNeeded = new(ErrorKind.Invalid, "incidents.reason-needed", "A verdict needs its reason.", Field: "Reason");
    public static readonly Error ClosedIncident = new(ErrorKind.Conflict, "incidents.closed", "The incident is closed; open it again first.");
    public static readonly Error NothingToMove = new(ErrorKind.Invalid, "incidents.nothing-to-move", "None of these alerts is part of the incident.");
    public static readonly Error SplitLeavesNothing = new(ErrorKind.Invalid, "incidents.split-leaves-nothing", "A split must leave at least one alert behind.");
    public static readonly Error MergeWithItself = new(ErrorKind.Invalid, "incidents.merge-with-itself", "An incident can't be merged with itself.");
    public static readonly Error AlreadyUndone = new(ErrorKind.Conflict, "incidents.already-undone", "This was undone already.");
    public static readonly Error MovedOn = new(ErrorKind.Conflict, "incidents.moved-on", "These alerts have been moved again since; undo the later merge or split first.");
    public static readonly Error TooMuchEvidence = new(ErrorKind.Conflict, "incidents.too-much-evidence", "There are {most} pieces of evidence already; remove some first.");
    public static readonly Error NoSuchEvent = new(ErrorKind.NotFound, "incidents.no-such-event", "This log event is no longer stored.");
    public static readonly Error PinnedAlready = new(ErrorKind.Conflict, "incidents.pinned-already", "This log event is evidence of {number} already.");
    public static readonly Error NoSuchPerson = new(ErrorKind.Invalid, "incidents.no-such-person", "Nobody named {name} may work on incidents; choose a name from the list.", Field: "Assignee");
    public static readonly Error InstantsNeeded = new(ErrorKind.Invalid, "incidents.instants-needed", "Say when the attack was contained and when it was resolved, or why that does not apply.", Field: "Contained");
    public static readonly Error InstantOutOfOrder = new(ErrorKind.Invalid, "incidents.instant-out-of-order", "An attack is detected, then contained, then resolved, and none of it lies ahead.", Field: "Contained");
    public static readonly Error NoSuchComment = new(ErrorKind.NotFound, "incidents.no-such-comment", "There is no such comment of yours.");
    public static readonly Error TooManyCorrections = new(ErrorKind.Conflict, "incidents.too-many-corrections", "This comment was corrected {most} times; write a new one.");
    public static readonly Error NoSuchView = new(ErrorKind.NotFound, "incidents.no-such-view", "There is no such view of yours.");
    public static readonly Error ViewNameTaken = new(ErrorKind.Conflict, "incidents.view-name-taken", "Another view of yours has this name.", Field: "Name");
    public static readonly Error TooManyViews = new(ErrorKind.Conflict, "incidents.too-many-views", "You keep 50 views; forget one first.");
    public static readonly Error FileTooLarge = new(ErrorKind.Invalid, "incidents.file-too-large", "A file may have at most {most} KiB.", Field: "Content");
    public static readonly Error ReleasesOff = new(ErrorKind.Conflict, "incidents.releases-off", "The site's egress policy lets nothing out by hand, or it has joined no host above; a security administrator can choose level 3 on the page of what left.");
    public static readonly Error OnlyPeopleRelease = new(ErrorKind.Forbidden, "incidents.only-people-release", "Only a person of the site, signed in here, can release anything.");
    public static readonly Error NotOfTheIncident = new(ErrorKind.Invalid, "incidents.not-of-the-incident", "“{value}” is nothing of this incident that may be released; look at the list again.", Field: "Values");
    public static readonly Error NothingToRelease = new(ErrorKind.Invalid, "incidents.nothing-to-release", "Choose at least one value.", Field: "Values");
    public static readonly Error ReleaseRefused = new(ErrorKind.Conflict, "incidents.release-refused", "The egress gate did not let it pass ({reason}, {field}); nothing left the site.");
}
