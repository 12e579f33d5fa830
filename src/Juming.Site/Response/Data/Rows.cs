namespace Juming.Site.Response.Data;

/// <summary>A playbook: its draft, and which of its versions is in force.</summary>
internal sealed class PlaybookRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Identity in CACAO, "playbook--…".</summary>
    public required string CacaoId { get; set; }
    public required string Name { get; set; }

    /// <summary>The document that is worked on.</summary>
    public required string Draft { get; set; }
    public required string DraftBy { get; set; }
    public DateTimeOffset DraftAt { get; set; }

    /// <summary>Counts changes of the draft; a change names the one it was made on.</summary>
    public long Revision { get; set; } = 1;

    /// <summary>Number of the version in force, 0 for none.</summary>
    public int Published { get; set; }

    /// <summary>It starts by itself.</summary>
    public bool On { get; set; }

    /// <summary>Who switched it on: its runs have that person's answer for what they do.</summary>
    public string OnBy { get; set; } = "";
    public DateTimeOffset? OnAt { get; set; }

    /// <summary>Version whose replay or dry run somebody looked at, 0 for none.</summary>
    public int LookedAt { get; set; }
    public string LookedBy { get; set; } = "";

    /// <summary>Name of the ready playbook that it came from; empty for one's own.</summary>
    public string Ready { get; set; } = "";

    /// <summary>When its schedule was last due.</summary>
    public DateTimeOffset? ScheduledAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A published version; never changed.</summary>
internal sealed class VersionRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid PlaybookId { get; set; }
    public int Number { get; set; }
    public required string Document { get; set; }
    public required string Note { get; set; }
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>A run of a version.</summary>
internal sealed class RunRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public int Year { get; set; }
    public int Number { get; set; }
    public Guid PlaybookId { get; set; }
    public int Version { get; set; }

    /// <summary>What started it: "manual", "incident-opened", "playbook" and the other triggers.</summary>
    public required string Cause { get; set; }

    /// <summary>Identity of what started it: the same cause starts one run.</summary>
    public required string CauseKey { get; set; }
    public Guid? IncidentId { get; set; }
    public string IncidentNumber { get; set; } = "";
    public required string StartedBy { get; set; }

    /// <summary>Identity of that person; empty for the program.</summary>
    public string StartedById { get; set; } = "";

    /// <summary>No person started it.</summary>
    public bool Automatic { get; set; }

    /// <summary>It asks before its first step.</summary>
    public bool Asks { get; set; }
    public RunState State { get; set; }

    /// <summary>Values of its variables, JSON.</summary>
    public string Variables { get; set; } = "{}";

    /// <summary>Code of why it failed.</summary>
    public string Failure { get; set; } = "";

    /// <summary>Somebody wants it stopped or taken back; empty for nobody.</summary>
    public string StoppedBy { get; set; } = "";

    /// <summary>Run that waits for this one.</summary>
    public Guid? ParentRun { get; set; }

    /// <summary>How many runs deep.</summary>
    public int Depth { get; set; }

    /// <summary>Steps begun so far.</summary>
    public int Steps { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When it is to be looked at; null when it is over.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public string ShortNumber => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"RUN-{Year:D4}-{Number:D4}");

    public bool IsOver => State >= RunState.Succeeded;
}

/// <summary>A step of a run; the row is there before the step acts.</summary>
internal sealed class StepRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid RunId { get; set; }

    /// <summary>Identity of the step in the playbook.</summary>
    public required string StepId { get; set; }

    /// <summary>Order within the run.</summary>
    public int Number { get; set; }

    /// <summary>Step whose branch it stands in.</summary>
    public Guid? ParentId { get; set; }
    public StepState State { get; set; }

    /// <summary>What it does, "block-ip"; the kind of the step where it does nothing.</summary>
    public required string Action { get; set; }
    public int Attempt { get; set; }

    /// <summary>How often it failed for certain and was begun anew: each time is an effect of its own.</summary>
    public int Tries { get; set; }

    /// <summary>Looks at a device that settled nothing, one after the other.</summary>
    public int Looks { get; set; }

    /// <summary>What it was given, JSON; secrets by their name.</summary>
    public string Input { get; set; } = "{}";

    /// <summary>What came of it, JSON.</summary>
    public string Output { get; set; } = "{}";

    /// <summary>What proves it, JSON.</summary>
    public string Evidence { get; set; } = "{}";

    /// <summary>What the other side calls it: an entry, an approval, a run.</summary>
    public string Reference { get; set; } = "";

    /// <summary>Code of why it failed or waits.</summary>
    public string Code { get; set; } = "";

    /// <summary>How often a while has gone round.</summary>
    public int Rounds { get; set; }

    /// <summary>It came to an end of the whole run.</summary>
    public bool Ends { get; set; }
    public DateTimeOffset? DueAt { get; set; }
    public DateTimeOffset? DeadlineAt { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Identity of its effect.</summary>
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{RunId:N}/{Number}{(Tries == 0 ? "" : ".")}{(Tries == 0 ? null : (int?)Tries)}");

    /// <summary>The run of an effect; null when the key is not one of a run.</summary>
    public static Guid? RunOf(string key) => key.Length > 33 && key[32] == '/' && Guid.TryParseExact(key[..32], "N", out var run) ? run : null;

    public bool IsOpen => State is not (StepState.Succeeded or StepState.Failed or StepState.Stopped or StepState.Undone or StepState.UndoFailed);
}

/// <summary>A secret that steps may send under its name.</summary>
internal sealed class SecretRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Name { get; set; }

    /// <summary>Where it may be sent, "https://host:port", and nowhere else.</summary>
    public required string Origin { get; set; }

    /// <summary>Its identity in the vault.</summary>
    public Guid Sealed { get; set; }
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>When it was last opened for a call; null for never.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>Name of the playbook that did.</summary>
    public string UsedBy { get; set; } = "";

    /// <summary>Short number of its run.</summary>
    public string UsedRun { get; set; } = "";
}
