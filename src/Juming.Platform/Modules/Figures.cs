using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Juming.Platform.Modules;

/// <summary>A module's figures for Prometheus, read when somebody asks.</summary>
public interface IFigures
{
    /// <summary>Adds the present values.</summary>
    void Add(FigureWriter to);
}

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
public sealed class FigureWriter
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _described = [];

    /// <summary>Adds one value.</summary>
    /// <param name="name">Name, with unit: "juming_collection_lines_total".</param>
    /// <param name="kind">"counter" or "gauge".</param>
    /// <param name="help">What it counts.</param>
    /// <param name="value">The value.</param>
    /// <param name="labels">Label pairs.</param>
    public void Add(string name, string kind, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (_described.Add(name)) _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{');
            for (var i = 0; i < labels.Length; i++)
            {
                if (i > 0) _text.Append(',');
                _text.Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
            }
            _text.Append('}');
        }
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}

/// <summary>Figures of the process.</summary>
internal sealed class ProcessFigures(TierContext tier) : IFigures
{
    public void Add(FigureWriter to)
    {
        using var process = Process.GetCurrentProcess();
        to.Add("juming_info", "gauge", "The running tier.", 1, ("tier", tier.Tier.Name));
        to.Add("process_cpu_seconds_total", "counter", "CPU time used.", process.TotalProcessorTime.TotalSeconds);
        to.Add("process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        to.Add("process_start_time_seconds", "gauge", "Start, seconds since 1970 UTC.", new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds());
        to.Add("dotnet_gc_collections_total", "counter", "Garbage collections.", GC.CollectionCount(2), ("generation", "2"));
        to.Add("dotnet_gc_heap_bytes", "gauge", "Managed heap.", GC.GetTotalMemory(false));
    }
}
