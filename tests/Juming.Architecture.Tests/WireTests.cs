using Google.Protobuf;
using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;
using Juming.Contracts.Link;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>
/// What tiers say to each other is held against what was said before: neighbours may be of the release before or after. Whatever stands in <c>baseline.txt</c> stays, or the build of
/// <c>Juming.Contracts</c> fails; what is new is added to it with <c>UPDATE_SNAPSHOTS=1</c>. Bytes that a release has written are read for ever, to the same meaning.
/// </summary>
[Category("X2")]
public sealed class WireTests
{
    private static readonly string Folder = Path.Combine(Root(), "tests", "Juming.Architecture.Tests", "Snapshots", "wire");
    private static readonly string Contracts = Path.Combine(Root(), "src", "Juming.Contracts");
    private static readonly string SchemaFile = Path.Combine(Contracts, "baseline.txt");
    private static readonly string BytesFile = Path.Combine(Folder, "bytes.txt");

    private static IReadOnlyList<FileDescriptor> Files => [LinkReflection.Descriptor, SessionReflection.Descriptor, BulkReflection.Descriptor, ReceiptsReflection.Descriptor, ClassesReflection.Descriptor, EgressReflection.Descriptor];

    [Test]
    public void What_was_said_before_is_still_said_in_the_same_way()
    {
        var now = Schema(Files).ToList();
        var before = File.Exists(SchemaFile) ? File.ReadAllLines(SchemaFile) : [];
        Assert.That(Breaks(before, now, Files), Is.Empty, "a neighbour of the release before would misread it");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") Write(SchemaFile, before.Union(now));
        else Assert.That(now.Except(before), Is.Empty, "new: add it with UPDATE_SNAPSHOTS=1");
    }

    /// <summary>The build itself, on files in which a dozen things were changed that neighbours would misread, and some that they would not.</summary>
    [Test]
    public async Task A_change_that_breaks_a_contract_fails_the_build_and_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("juming-contracts").FullName;
        foreach (var file in Directory.EnumerateFiles(Contracts, "*.proto", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(Contracts, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Change("Link/link.proto", "  uint64 seq = 2;\n}\n\nmessage Mark", "  uint64 seq = 3;\n}\n\nmessage Mark");
        Change("Link/link.proto", "  uint64 marks_from = 4;", "  string marks_from = 4;");
        Change("Link/session.proto", "  string build = 4;", "  reserved 4;");
        Change("Link/session.proto", "  repeated string capabilities = 6;", "  reserved 6;\n  reserved \"capabilities\";\n  string later = 7;");
        Change("Link/session.proto", "END_REASON_DRAINED = 3", "END_REASON_MOVED = 3");
        Change("Link/session.proto", "rpc Renew(RenewRequest)", "rpc Renew(stream RenewRequest)");
        Change("Egress/egress.proto", "(policy_level) = 2", "(policy_level) = 0");
        Change("Egress/egress.proto", "(at_most) = 9999]", "(at_most) = 99999]");
        Change("Egress/egress.proto", "uint32 disk_used = 7 [(field_class) = FIELD_CLASS_RATIO]", "uint32 disk_used = 7 [(field_class) = FIELD_CLASS_COUNTER, (at_most) = 5]");
        Change("Egress/classes.proto", "uint32 max_len = 50002", "uint32 max_len = 50009");
        var (code, output) = await Build(folder);
        var broken = output.Split('\n').Where(l => l.Contains("JM0001", StringComparison.Ordinal)).Select(l => l.Split('\'')[1]).Distinct().ToList();
        Directory.Delete(folder, recursive: true);
        TestContext.Out.WriteLine(string.Join('\n', broken));
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Not.Zero, output);
            foreach (var line in new[]
                     {
                         "field juming.link.v1.Probe.seq = 2 UInt64", "field juming.link.v1.Position.marks_from = 4 UInt64", "field juming.link.v1.EnrolRequest.build = 4 String", "value juming.link.v1.EndReason.END_REASON_DRAINED = 3",
                         "method juming.link.v1.Session.Renew(RenewRequest) EnrolReply", "message juming.egress.v1.IncidentSummary = type 2 level 2 topic 2", "extension juming.egress.v1.max_len = 50002 UInt32 of google.protobuf.FieldOptions",
                     }) Assert.That(broken, Does.Contain(line));
            Assert.That(broken, Has.Some.StartsWith("class juming.egress.v1.SiteHealth.build_major").And.Some.StartsWith("class juming.egress.v1.SiteHealth.disk_used"));
            Assert.That(broken, Has.None.Contains("capabilities"), "its number and its name are reserved");
            Assert.That(broken, Has.None.Contains("later"), "what is new breaks nothing");
        });

        void Change(string file, string from, string to)
        {
            var path = Path.Combine(folder, file);
            var text = File.ReadAllText(path);
            Assert.That(text, Does.Contain(from), "nothing was planted");
            File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        }
    }

    private static async Task<(int Code, string Output)> Build(string root)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Contracts };
        foreach (var word in new[] { "build", "--no-restore", "--nologo", "-nodeReuse:false", "-p:ContractRoot=" + root, "-p:IntermediateOutputPath=" + Path.Combine("obj", "planted") + Path.DirectorySeparatorChar }) start.ArgumentList.Add(word);
        using var build = System.Diagnostics.Process.Start(start)!;
        var output = build.StandardOutput.ReadToEndAsync();
        var errors = build.StandardError.ReadToEndAsync();
        await build.WaitForExitAsync();
        return (build.ExitCode, await output + await errors);
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
        return [.. before.Except(now).Where(line => !IsReserved(line, reserved) && !IsClassOfNothing(line, now))];
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

    // Of a field that is gone, the field's own line tells.
    private static bool IsClassOfNothing(string line, List<string> now) => line.StartsWith("class ", StringComparison.Ordinal) && !now.Exists(l => l.StartsWith("field " + line.Split(' ')[1] + " = ", StringComparison.Ordinal));

    private static IEnumerable<string> Schema(IEnumerable<FileDescriptor> files)
    {
        foreach (var file in files)
        {
            foreach (var message in file.MessageTypes)
            {
                if (message.GetOptions() is { } rule && rule.HasExtension(ClassesExtensions.MessageType))
                    yield return $"message {message.FullName} = type {rule.GetExtension(ClassesExtensions.MessageType)} level {rule.GetExtension(ClassesExtensions.PolicyLevel)} topic {(int)rule.GetExtension(ClassesExtensions.TopicKind)}";
                foreach (var field in message.Fields.InFieldNumberOrder())
                {
                    yield return $"field {field.FullName} = {field.FieldNumber} {(field.IsRepeated ? "repeated " : "")}{TypeOf(field)}{(field.RealContainingOneof is { } oneof ? " oneof " + oneof.Name : "")}";
                    if (field.GetOptions() is { } o && o.HasExtension(ClassesExtensions.FieldClass))
                        yield return $"class {field.FullName} = {(int)o.GetExtension(ClassesExtensions.FieldClass)} max_len {o.GetExtension(ClassesExtensions.MaxLen)} dictionary '{o.GetExtension(ClassesExtensions.Dictionary)}' at_most {o.GetExtension(ClassesExtensions.AtMost)} most_items {o.GetExtension(ClassesExtensions.MostItems)} is_key {(o.GetExtension(ClassesExtensions.IsKey) ? 1 : 0)}";
                }
            }
            foreach (var extension in file.Extensions.UnorderedExtensions) yield return $"extension {extension.FullName} = {extension.FieldNumber} {TypeOf(extension)} of {extension.ExtendeeType.FullName}";
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
