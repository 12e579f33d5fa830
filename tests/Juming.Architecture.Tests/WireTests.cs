using Google.Protobuf;
using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;
using Juming.Contracts.Link;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>
/// What tiers say to each other is held against what was said before: neighbours may be of the release before or after. Whatever stands in the snapshot stays; what is new is
/// added to it with <c>UPDATE_SNAPSHOTS=1</c>. Bytes that a release has written are read for ever, to the same meaning.
/// </summary>
[Category("X2")]
public sealed class WireTests
{
    private static readonly string Folder = Path.Combine(Root(), "tests", "Juming.Architecture.Tests", "Snapshots", "wire");
    private static readonly string SchemaFile = Path.Combine(Folder, "schema.txt");
    private static readonly string BytesFile = Path.Combine(Folder, "bytes.txt");

    private static IReadOnlyList<FileDescriptor> Files => [LinkReflection.Descriptor, SessionReflection.Descriptor, ClassesReflection.Descriptor, EgressReflection.Descriptor];

    [Test]
    public void What_was_said_before_is_still_said_in_the_same_way()
    {
        var now = Schema(Files).ToList();
        var before = File.Exists(SchemaFile) ? File.ReadAllLines(SchemaFile) : [];
        Assert.That(Breaks(before, now, Files), Is.Empty, "a neighbour of the release before would misread it");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") Write(SchemaFile, before.Union(now));
        else Assert.That(now.Except(before), Is.Empty, "new: add it with UPDATE_SNAPSHOTS=1");
    }

    [TestCase("field juming.link.v1.Ask.topic = 1 UInt32", "a field that is gone")]
    [TestCase("field juming.link.v1.Record.gone = 77 String", "a field that is gone and whose number is not reserved")]
    [TestCase("value juming.link.v1.EndReason.END_REASON_OLD = 2", "a value that has another name")]
    [TestCase("method juming.link.v1.Sync.Gone(SyncFrame stream) SyncFrame stream", "a method that is gone")]
    public void A_change_that_breaks_is_found(string line, string what)
    {
        // The first line is in order, and so must be told apart from the others.
        var breaks = Breaks([line], Schema(Files).ToList(), Files);
        Assert.That(breaks, line.Contains("Ask.topic", StringComparison.Ordinal) ? Is.Empty : Has.Count.EqualTo(1), what);
    }

    [Test]
    public void Bytes_of_every_release_are_read_as_they_were_meant()
    {
        var messages = Files.SelectMany(f => f.MessageTypes).ToDictionary(m => m.FullName);
        var kept = File.Exists(BytesFile) ? File.ReadAllLines(BytesFile).Select(l => l.Split(' ', 3)).ToList() : [];
        Assert.Multiple(() =>
        {
            foreach (var parts in kept)
            {
                if (!messages.TryGetValue(parts[0], out var message))
                {
                    Assert.Fail($"{parts[0]} has no reader any more");
                    continue;
                }
                var read = message.Parser.ParseFrom(Convert.FromHexString(parts[1]));
                Assert.That(JsonFormatter.Default.Format(read), Is.EqualTo(parts[2]), parts[0]);
                Assert.That(Convert.ToHexString(read.ToByteArray()), Is.EqualTo(parts[1]), $"{parts[0]} is written otherwise");
            }
        });
        var now = messages.Values.OrderBy(m => m.FullName, StringComparer.Ordinal).Select(Filled).ToList();
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") Write(BytesFile, kept.Select(p => string.Join(' ', p)).Union(now));
        else Assert.That(now.Except(kept.Select(p => string.Join(' ', p))), Is.Empty, "new: add it with UPDATE_SNAPSHOTS=1");
    }

    [Test]
    public void What_a_later_release_adds_is_passed_over()
    {
        var later = new byte[] { 0xFA, 0x3E, 0x03, 1, 2, 3 };
        var frame = SyncFrame.Parser.ParseFrom([.. new SyncFrame { Ask = new Ask { Topic = 2 } }.ToByteArray(), .. later]);
        Assert.That(frame.Ask.Topic, Is.EqualTo(2));
        Assert.That(SyncFrame.Parser.ParseFrom(later).FrameCase, Is.EqualTo(SyncFrame.FrameOneofCase.None));
        Assert.That((int)Ended.Parser.ParseFrom([0x08, 0x63]).Reason, Is.EqualTo(99), "a reason that is not known yet is kept as it is");
    }

    private static List<string> Breaks(IReadOnlyCollection<string> before, List<string> now, IReadOnlyList<FileDescriptor> files)
    {
        var reserved = files.SelectMany(f => f.ToProto().MessageType.Select(m => (Name: $"{f.Package}.{m.Name}", m.ReservedRange))).ToDictionary(m => m.Name, m => m.ReservedRange);
        return [.. before.Except(now).Where(line => !IsReserved(line, reserved))];
    }

    // "field package.Message.name = number type": it may go when its number can't come back.
    private static bool IsReserved(string line, IReadOnlyDictionary<string, Google.Protobuf.Collections.RepeatedField<DescriptorProto.Types.ReservedRange>> reserved)
    {
        var parts = line.Split(' ');
        if (parts[0] != "field") return false;
        var message = parts[1][..parts[1].LastIndexOf('.')];
        var number = int.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture);
        return reserved.TryGetValue(message, out var ranges) && ranges.Any(r => number >= r.Start && number < r.End);
    }

    private static IEnumerable<string> Schema(IEnumerable<FileDescriptor> files)
    {
        foreach (var file in files)
        {
            foreach (var message in file.MessageTypes)
                foreach (var field in message.Fields.InFieldNumberOrder())
                    yield return $"field {field.FullName} = {field.FieldNumber} {(field.IsRepeated ? "repeated " : "")}{TypeOf(field)}{(field.RealContainingOneof is { } oneof ? " oneof " + oneof.Name : "")}";
            foreach (var kind in file.EnumTypes)
                foreach (var value in kind.Values) yield return $"value {kind.FullName}.{value.Name} = {value.Number}";
            foreach (var service in file.Services)
                foreach (var method in service.Methods) yield return $"method {method.FullName}({method.InputType.Name}{(method.IsClientStreaming ? " stream" : "")}) {method.OutputType.Name}{(method.IsServerStreaming ? " stream" : "")}";
        }
    }

    private static string TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName,
        FieldType.Enum => field.EnumType.FullName,
        _ => field.FieldType.ToString(),
    };

    /// <summary>A message with a value in each field (of a choice, in the last), as bytes and as what they mean.</summary>
    private static string Filled(MessageDescriptor descriptor)
    {
        var message = Fill(descriptor, 3);
        return $"{descriptor.FullName} {Convert.ToHexString(message.ToByteArray())} {JsonFormatter.Default.Format(message)}";
    }

    private static IMessage Fill(MessageDescriptor descriptor, int depth)
    {
        var message = descriptor.Parser.ParseFrom([]);
        if (depth == 0) return message;
        foreach (var field in descriptor.Fields.InFieldNumberOrder())
        {
            if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(message)).Add(ValueOf(field, depth));
            else field.Accessor.SetValue(message, ValueOf(field, depth));
        }
        return message;
    }

    private static object ValueOf(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => "t" + field.FieldNumber,
        FieldType.Bytes => ByteString.CopyFrom((byte)field.FieldNumber, 0xAB),
        FieldType.Bool => true,
        FieldType.Int64 or FieldType.SInt64 => -1_000_000_007L * field.FieldNumber,
        FieldType.UInt64 or FieldType.Fixed64 => 9_000_000_000_000_000_000UL + (ulong)field.FieldNumber,
        FieldType.UInt32 or FieldType.Fixed32 => 4_000_000_000U + (uint)field.FieldNumber,
        FieldType.Int32 => -field.FieldNumber,
        FieldType.Enum => field.EnumType.Values[^1].Number,
        FieldType.Message => Fill(field.MessageType, depth - 1),
        _ => throw new NotSupportedException(field.FullName),
    };

    private static void Write(string file, IEnumerable<string> lines)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllLines(file, lines);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
