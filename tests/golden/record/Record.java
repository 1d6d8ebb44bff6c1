import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes every golden file: first those that are pure functions, then those of a broker's store. */
public final class Record {
    static Path golden;

    public static void main(String[] args) throws Exception {
        golden = Path.of(args[1]);
        int status = 1;
        try {
            Forms.write();
            Stored.write(Path.of(args[0], "store"));
            status = 0;
        } catch (Exception failed) {
            failed.printStackTrace();
        }
        System.exit(status);  // the client's and the broker's threads would go on
    }

    static void file(String name, byte[] bytes) throws Exception {
        Files.write(golden.resolve(name), bytes);
    }

    static void file(String name, String text) throws Exception {
        file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    static void file(String name, ByteBuffer buffer) throws Exception {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        file(name, bytes);
    }
}
