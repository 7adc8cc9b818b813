package dev.starling.node.volume;

/** A volume can't be made (yet); the message is upstream's, with the volume's name. */
public final class VolumeException extends RuntimeException {
    public VolumeException(String volume, String why) {
        super("MountVolume.SetUp failed for volume \"" + volume + "\" : " + why, null, false, false);
    }
}
