using System.Text.Json.Serialization;

namespace Juming.Site.Response;

/// <summary>How far a run is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum RunState
{
    /// <summary>Asks a person before its first step.</summary>
    Asking,

    /// <summary>Steps are done.</summary>
    Running,

    /// <summary>Nothing to do until an answer, an event or a time comes.</summary>
    Waiting,

    /// <summary>A step broke off and reading did not settle what became of it; a person must look.</summary>
    Unsettled,

    /// <summary>What was done is taken back.</summary>
    RollingBack,

    /// <summary>It came to its end.</summary>
    Succeeded,

    /// <summary>A step failed and nothing caught that.</summary>
    Failed,

    /// <summary>A person stopped it, or said no to it.</summary>
    Stopped,

    /// <summary>What could be taken back was.</summary>
    RolledBack,
}

/// <summary>How far a step is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum StepState
{
    /// <summary>Begins at its time.</summary>
    Ready,

    /// <summary>Recorded, about to act or acting.</summary>
    Acting,

    /// <summary>It acted; what comes of it shows later.</summary>
    Waiting,

    /// <summary>It broke off; whether it acted is read from the other side.</summary>
    Unknown,

    /// <summary>Its branches run.</summary>
    Open,

    /// <summary>It is taken back.</summary>
    Undoing,

    /// <summary>Done, and proven where that can be.</summary>
    Succeeded,

    /// <summary>Not done.</summary>
    Failed,

    /// <summary>The run ended before it did.</summary>
    Stopped,

    /// <summary>Taken back.</summary>
    Undone,

    /// <summary>It could not be taken back.</summary>
    UndoFailed,
}
