using Juming.Site.DeviceLinkage.Data;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Named points of a run on a device at which a process may end; a test ends it there.</summary>
internal interface IRunPoints
{
    /// <summary>The run's row is saved; the device was not touched.</summary>
    const string Begun = "begun";

    /// <summary>The row says that the point of no return is behind; nothing is pressed yet.</summary>
    const string Acting = "acting";

    /// <summary>It was pressed; the device's list was not read.</summary>
    const string Pressed = "pressed";

    /// <summary>The device's list was read; what it said is not saved.</summary>
    const string Read = "read";

    /// <summary>What it said is saved; whoever ordered the run has not heard it.</summary>
    const string Kept = "kept";

    /// <summary>A point is reached.</summary>
    void Reach(string point, RunKind kind);
}

/// <summary>Nothing happens at any point.</summary>
internal sealed class NoPoints : IRunPoints
{
    public void Reach(string point, RunKind kind) { }
}
